#include "model/changes.h"

#include <algorithm>

#include "model/fields.h"

namespace sextant::model {
namespace {

std::string_view type_of(const Role&) { return "AWS::IAM::Role"; }
std::string_view type_of(const ManagedPolicy&) { return "AWS::IAM::ManagedPolicy"; }
std::string_view type_of(const Function&) { return "AWS::Lambda::Function"; }
std::string_view type_of(const Permission&) { return "AWS::Lambda::Permission"; }
std::string_view type_of(const Bucket&) { return "AWS::S3::Bucket"; }
std::string_view type_of(const Database&) { return "AWS::Glue::Database"; }
std::string_view type_of(const Table&) { return "AWS::Glue::Table"; }

const std::string& physical_id(const Role& role) { return role.name; }
const std::string& physical_id(const ManagedPolicy& policy) { return policy.arn; }
const std::string& physical_id(const Function& function) { return function.name.text(); }
const std::string& physical_id(const Permission& permission) { return permission.statement_id; }
const std::string& physical_id(const Bucket& bucket) { return bucket.name.text(); }
const std::string& physical_id(const Database& database) { return database.name; }
const std::string& physical_id(const Table& table) { return table.name.text(); }

template <typename T>
ResourceChange change_of(Action action, const T& resource) {
  return {.action = action,
          .resource_type = std::string(type_of(resource)),
          .logical_id = resource.logical_id,
          .physical_id = physical_id(resource)};
}

// Visits the fields of one record beside those of another: the second walk is stopped at each
// number.
template <typename T>
class Difference {
 public:
  explicit Difference(const T& other) : other_(other) {}
  std::vector<std::string> names;

  template <typename Member>
  void operator()(int number, std::string_view name, const Member& member) {
    bool same = false;
    auto compare = [&]<typename Other>(int other_number, std::string_view, const Other& value) {
      if constexpr (std::same_as<Other, Member>) {
        if (other_number == number) same = value == member;
      }
    };
    fields(compare, other_);
    if (!same) names.emplace_back(name);
  }

 private:
  const T& other_;
};

template <typename T>
using Resources = std::map<std::string, T>;

template <typename T>
void compare(const Resources<T>& before, const Resources<T>& after,
             std::vector<ResourceChange>& changes) {
  for (const auto& [key, resource] : before) {
    if (!after.contains(key)) changes.push_back(change_of(Action::Remove, resource));
  }
  for (const auto& [key, resource] : after) {
    const auto old = before.find(key);
    if (old == before.end()) {
      changes.push_back(change_of(Action::Add, resource));
      continue;
    }
    Difference<T> difference(old->second);
    fields(difference, resource);
    if (difference.names.empty()) continue;
    changes.push_back(change_of(Action::Modify, resource));
    changes.back().fields = std::move(difference.names);
  }
}

Resources<Permission> by_statement(const std::vector<Permission>& permissions) {
  Resources<Permission> result;
  for (const auto& permission : permissions) result[permission.statement_id] = permission;
  return result;
}

}  // namespace

std::string_view to_string(Action action) {
  switch (action) {
    case Action::Add: return "Add";
    case Action::Modify: return "Modify";
    case Action::Remove: return "Remove";
  }
  return "?";
}

std::vector<ResourceChange> describe_changes(const App& before, const App& after) {
  std::vector<ResourceChange> changes;
  compare(before.databases, after.databases, changes);
  compare(before.tables, after.tables, changes);
  compare(before.managed_policies, after.managed_policies, changes);
  compare(before.roles, after.roles, changes);
  compare(before.functions, after.functions, changes);
  compare(by_statement(before.permissions), by_statement(after.permissions), changes);
  compare(before.buckets, after.buckets, changes);
  std::ranges::stable_partition(
      changes, [](const ResourceChange& change) { return change.action == Action::Remove; });
  return changes;
}

std::vector<ResourceChange> list_resources(const App& app) { return describe_changes({}, app); }

}  // namespace sextant::model
