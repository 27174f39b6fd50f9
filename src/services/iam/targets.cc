#include "services/iam/targets.h"

#include <boost/json.hpp>

#include "core/json.h"
#include "services/iam/parameters.h"
#include "store/identities.h"

namespace sextant::services::iam {
namespace {

using boost::json::object;

std::string arn_of(const Scope& scope, std::string_view kind, std::string_view path,
                   std::string_view name) {
  std::string arn = "arn:aws:iam::" + scope.account.text() + ":";
  return arn.append(kind).append(path).append(name);
}

void add_resource_tags(const Tags& tags, sdk::ConditionContext& context) {
  for (const auto& [key, value] : tags) {
    context["iam:ResourceTag/" + key] = {value};
    context["aws:ResourceTag/" + key] = {value};
  }
}

// What the request itself says: tags to put or to take away, a policy, a boundary.
Result<> add_request_keys(const object& parameters, sdk::ConditionContext& context) {
  SX_TRY_AS(const auto tags, tags_of(parameters));
  for (const auto& [key, value] : tags) {
    context["aws:RequestTag/" + key] = {value};
    context["aws:TagKeys"].push_back(key);
  }
  if (const auto* keys = json::find(parameters, "TagKeys"); keys != nullptr && keys->is_array()) {
    for (const auto& key : keys->get_array()) {
      if (key.is_string()) context["aws:TagKeys"].emplace_back(key.get_string());
    }
  }
  if (const auto policy = optional_text(parameters, "PolicyArn"))
    context["iam:PolicyARN"] = {*policy};
  if (const auto boundary = optional_text(parameters, "PermissionsBoundary"))
    context["iam:PermissionsBoundary"] = {*boundary};
  return {};
}

Result<guard::Target> new_target(const Scope& scope, const object& parameters,
                                 std::string_view kind, std::string_view parameter,
                                 std::size_t length_max) {
  SX_TRY_AS(const auto name, required_name(parameters, parameter, length_max));
  SX_TRY_AS(const auto path, path_of(parameters));
  return guard::Target{.resource = arn_of(scope, kind, path, name)};
}

guard::Target identity_target(const store::IdentityRecord& identity) {
  guard::Target target{.resource = identity.arn};
  add_resource_tags(identity.tags, target.context);
  if (identity.boundary_arn) target.context["iam:PermissionsBoundary"] = {*identity.boundary_arn};
  return target;
}

Result<guard::Target> named_target(store::IdentityKind kind, const Scope& scope,
                                   const object& parameters,
                                   const store::Configuration& configuration) {
  const bool user = kind == store::IdentityKind::User;
  // Names of those that are there may be longer by AWS's rules than those that can be made.
  SX_TRY_AS(const auto name, required_name(parameters, user ? "UserName" : "RoleName", 128));
  if (const auto found = store::find_identity(configuration, kind, name))
    return identity_target(*found);
  return guard::Target{.resource = arn_of(scope, user ? "user" : "role", "/", name)};
}

Result<guard::Target> policy_target(const object& parameters,
                                    const store::Configuration& configuration) {
  SX_TRY_AS(const auto arn, required(parameters, "PolicyArn"));
  if (!arn.starts_with("arn:aws:iam::") || !arn.contains(":policy/"))
    return fail(Code::Invalid, "ARN " + arn.substr(0, 200) + " is not valid.", "InvalidInput");
  guard::Target target{.resource = arn};
  if (const auto policy = store::find_policy(configuration, arn))
    add_resource_tags(policy->tags, target.context);
  return target;
}

Result<guard::Target> source_target(const object& parameters,
                                    const store::Configuration& configuration) {
  SX_TRY_AS(const auto arn, required(parameters, "PolicySourceArn"));
  const bool fits =
      arn.starts_with("arn:aws:iam::") && (arn.contains(":user/") || arn.contains(":role/"));
  if (!fits) {
    return fail(Code::Invalid,
                "Invalid Entity Arn: " + arn.substr(0, 200) +
                    " does not clearly define entity type and name.",
                "InvalidInput");
  }
  if (const auto found = store::find_identity_by_arn(configuration, arn))
    return identity_target(*found);
  return guard::Target{.resource = arn};
}

Result<guard::Target> subject_target(Subject subject, const Scope& scope, const object& parameters,
                                     const store::Configuration& configuration) {
  switch (subject) {
    case Subject::None: break;
    case Subject::NewUser: return new_target(scope, parameters, "user", "UserName", kUserNameMax);
    case Subject::NewRole: return new_target(scope, parameters, "role", "RoleName", kRoleNameMax);
    case Subject::NewPolicy:
      return new_target(scope, parameters, "policy", "PolicyName", kPolicyNameMax);
    case Subject::Caller:
      if (!optional_text(parameters, "UserName"))
        return guard::Target{.resource = "arn:aws:iam::" + scope.account.text() + ":root"};
      [[fallthrough]];
    case Subject::User:
      return named_target(store::IdentityKind::User, scope, parameters, configuration);
    case Subject::Role:
      return named_target(store::IdentityKind::Role, scope, parameters, configuration);
    case Subject::Policy: return policy_target(parameters, configuration);
    case Subject::Source: return source_target(parameters, configuration);
  }
  return guard::Target{};
}

}  // namespace

store::IdentityKind kind_of(Subject subject) {
  return subject == Subject::Role || subject == Subject::NewRole ? store::IdentityKind::Role
                                                                 : store::IdentityKind::User;
}

Result<guard::Target> target_of(Subject subject, const Scope& scope, const sdk::Input& input,
                                const store::Configuration& configuration) {
  SX_TRY_AS(auto target, subject_target(subject, scope, input.parameters, configuration));
  // What the call gives outranks what is there: a new boundary in place of the old one.
  SX_TRY(add_request_keys(input.parameters, target.context));
  return target;
}

}  // namespace sextant::services::iam
