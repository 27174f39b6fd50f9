#include "deploy/change_classes.h"

#include <map>
#include <utility>
#include <vector>

namespace sextant::deploy {
namespace {

// Of every bucket that has any: a bucket without makes no difference.
auto triggers_of(const model::App& app) {
  std::map<std::string, std::vector<model::Notification>> triggers;
  for (const auto& [name, bucket] : app.buckets) {
    if (!bucket.notifications.empty()) triggers[name] = bucket.notifications;
  }
  return triggers;
}

auto bucket_policies_of(const model::App& app) {
  std::map<std::string, std::string> policies;
  for (const auto& [name, bucket] : app.buckets) {
    if (bucket.policy) policies[name] = *bucket.policy;
  }
  return policies;
}

auto function_roles_of(const model::App& app) {
  std::map<std::string, std::string> roles;
  for (const auto& [name, function] : app.functions) roles[name] = function.role_arn;
  return roles;
}

bool permissions_differ(const model::App& before, const model::App& after) {
  return before.roles != after.roles || before.managed_policies != after.managed_policies ||
         before.permissions != after.permissions ||
         bucket_policies_of(before) != bucket_policies_of(after) ||
         function_roles_of(before) != function_roles_of(after);
}

}  // namespace

guard::EventClasses change_classes(const model::App& before, const model::App& after) {
  guard::EventClasses classes;
  if (permissions_differ(before, after)) classes.add(guard::EventClass::PermissionChange);
  if (triggers_of(before) != triggers_of(after)) classes.add(guard::EventClass::TriggerChange);
  return classes;
}

}  // namespace sextant::deploy
