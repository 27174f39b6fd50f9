#include "deploy/principal_ids.h"

#include <algorithm>
#include <map>

#include "core/strings.h"
#include "guard/trusted_principals.h"

namespace sextant::deploy {
namespace {

using Ids = std::map<std::string, std::string>;

class Binding {
 public:
  Binding(const Scope& scope, const Apps& apps, const store::Identities& identities,
          const model::App& app)
      : own_("arn:aws:iam::" + scope.account.text() + ":"),
        apps_(apps),
        identities_(identities),
        app_(app) {}

  // Of the users and roles that the policy names; a name that nobody has is a problem.
  Ids ids_of(const std::string& policy, const std::string& owner) {
    Ids ids;
    for (const auto& arn : guard::trusted_arns(policy)) {
      auto id = id_of(arn, owner);
      if (!id.empty()) ids.emplace(arn, std::move(id));
    }
    return ids;
  }
  // "" of another account's, of whom only the ARN is known.
  std::string id_of(const std::string& arn, const std::string& owner) {
    if (!arn.starts_with(own_)) return {};
    if (is_of_stack(arn)) return store::derived_id("AROA", arn);
    const auto& made = arn.contains(":user/") ? identities_.users : identities_.roles;
    const auto found = made.find(to_lower(store::name_of_arn(arn)));
    if (found != made.end() && found->second->arn == arn) return found->second->id;
    problems_.push_back(owner + ": Invalid principal in policy: \"AWS\":\"" + arn + "\"");
    return {};
  }
  std::vector<std::string> take_problems() { return std::move(problems_); }

 private:
  // One that this deploy makes, too.
  bool is_of_stack(const std::string& arn) const {
    return app_.roles.contains(arn) || std::ranges::any_of(apps_, [&](const auto& deployed) {
             return deployed.second.roles.contains(arn);
           });
  }

  const std::string own_;
  const Apps& apps_;
  const store::Identities& identities_;
  const model::App& app_;
  std::vector<std::string> problems_;
};

bool is_user_or_role(const std::string& principal) {
  return principal.contains(":user/") || principal.contains(":role/");
}

void bind_permission(const model::App& before, model::Permission& permission, Binding& binding) {
  if (!is_user_or_role(permission.principal)) return;
  const auto same = std::ranges::find_if(before.permissions, [&](const auto& old) {
    return old.statement_id == permission.statement_id && old.principal == permission.principal;
  });
  permission.principal_id =
      same != before.permissions.end()
          ? same->principal_id
          : binding.id_of(permission.principal, "permission '" + permission.logical_id + "'");
}

}  // namespace

std::vector<std::string> bind_principals(const Scope& scope, const model::App& before,
                                         const Apps& apps, const store::Identities& identities,
                                         model::App& app) {
  Binding binding(scope, apps, identities, app);
  for (auto& [arn, role] : app.roles) {
    const auto old = before.roles.find(arn);
    const bool same = old != before.roles.end() && old->second.trust_policy == role.trust_policy;
    role.trusted_ids = same ? old->second.trusted_ids
                            : binding.ids_of(role.trust_policy, "role '" + role.name + "'");
  }
  for (auto& [name, bucket] : app.buckets) {
    if (!bucket.policy) continue;
    const auto old = before.buckets.find(name);
    const bool same = old != before.buckets.end() && old->second.policy == bucket.policy;
    bucket.policy_ids =
        same ? old->second.policy_ids : binding.ids_of(*bucket.policy, "bucket '" + name + "'");
  }
  for (auto& permission : app.permissions) bind_permission(before, permission, binding);
  return binding.take_problems();
}

}  // namespace sextant::deploy
