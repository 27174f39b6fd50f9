#include "services/iam/shapes.h"

#include <boost/json.hpp>
#include <chrono>

#include "core/encoding.h"
#include "core/random.h"
#include "core/time_text.h"

namespace sextant::services::iam {

using boost::json::object;

std::string make_unique_id(std::string_view prefix) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string id(prefix);
  for (const char c : random_bytes(17)) id.push_back(kAlphabet[static_cast<unsigned char>(c) % 32]);
  return id;
}

std::string shown_time(Time time) {
  return iso8601(std::chrono::floor<std::chrono::seconds>(time));
}

boost::json::array shown_tags(const Tags& tags) {
  boost::json::array list;
  for (const auto& [key, value] : tags) list.push_back(object{{"Key", key}, {"Value", value}});
  return list;
}

object shown_identity(const store::IdentityRecord& identity, Detail detail) {
  const bool user = identity.kind == store::IdentityKind::User;
  object shown{{"Path", identity.path},
               {user ? "UserName" : "RoleName", identity.name},
               {user ? "UserId" : "RoleId", identity.id},
               {"Arn", identity.arn},
               {"CreateDate", shown_time(identity.created)}};
  if (!user) {
    shown["AssumeRolePolicyDocument"] = uri_encode(identity.trust_policy);
    shown["MaxSessionDuration"] = identity.session_max_s;
    if (!identity.description.empty()) shown["Description"] = identity.description;
  }
  if (detail == Detail::Listed) return shown;
  if (identity.boundary_arn) {
    shown["PermissionsBoundary"] = object{{"PermissionsBoundaryType", "Policy"},
                                          {"PermissionsBoundaryArn", *identity.boundary_arn}};
  }
  if (!identity.tags.empty()) shown["Tags"] = shown_tags(identity.tags);
  return shown;
}

std::string_view noun(store::IdentityKind kind) {
  return kind == store::IdentityKind::User ? "user" : "role";
}

std::string_view name_parameter(store::IdentityKind kind) {
  return kind == store::IdentityKind::User ? "UserName" : "RoleName";
}

std::unexpected<Error> no_such_entity(std::string message) {
  return fail(Code::NotFound, std::move(message), "NoSuchEntity");
}
std::unexpected<Error> already_exists(std::string message) {
  return fail(Code::Conflict, std::move(message), "EntityAlreadyExists");
}
std::unexpected<Error> delete_conflict(std::string message) {
  return fail(Code::Conflict, std::move(message), "DeleteConflict");
}
std::unexpected<Error> limit_exceeded(std::string message) {
  return fail(Code::Exhausted, std::move(message), "LimitExceeded");
}

std::unexpected<Error> too_many_tags() {
  return limit_exceeded("The number of tags has reached the maximum limit.");
}

Result<store::IdentityPtr> named_identity(const Request& request) {
  SX_TRY_AS(const auto name, required(request.parameters, name_parameter(request.kind)));
  auto found = store::find_identity(request.configuration, request.kind, name);
  if (found != nullptr) return found;
  return no_such_entity("The " + std::string(noun(request.kind)) + " with name " + name +
                        " cannot be found.");
}

Result<store::IdentityRecord> own_identity(const Request& request) {
  SX_TRY_AS(const auto found, named_identity(request));
  if (request.kind == store::IdentityKind::Role) SX_TRY(check_not_of_stack(request, found->arn));
  return *found;
}

Result<store::PolicyRecordPtr> named_policy(const Request& request) {
  SX_TRY_AS(const auto arn, required(request.parameters, "PolicyArn"));
  auto found = store::find_policy(request.configuration, arn);
  if (found != nullptr) return found;
  return no_such_entity("Policy " + arn + " was not found.");
}

Result<store::PolicyRecord> own_policy(const Request& request) {
  SX_TRY_AS(const auto policy, named_policy(request));
  if (policy->arn.starts_with(kAwsPolicyPrefix))
    return fail(Code::Denied, "The policy " + policy->arn + " is managed by AWS.", "AccessDenied");
  SX_TRY(check_not_of_stack(request, policy->arn));
  return *policy;
}

Result<> check_is_root(const Request& request) {
  if (request.call.principal.kind == sdk::PrincipalKind::Root) return {};
  return validation_error("Must specify userName when calling with non-User credentials");
}

Result<> check_without_policies(const store::IdentityRecord& identity) {
  if (!identity.attached_policies.empty())
    return delete_conflict("Cannot delete entity, must detach all policies first.");
  if (!identity.inline_policies.empty())
    return delete_conflict("Cannot delete entity, must delete policies first.");
  return {};
}

Result<std::optional<std::string>> boundary_of(const Request& request) {
  auto arn = optional_text(request.parameters, "PermissionsBoundary");
  if (!arn) return std::nullopt;
  if (store::find_policy(request.configuration, *arn) == nullptr)
    return no_such_entity("Scope ARN: " + *arn + " does not exist or is not attachable.");
  request.draft.concerns_stacks();
  return arn;
}

Result<> check_not_of_stack(const Request& request, std::string_view arn) {
  const auto stack = store::stack_of(request.configuration, arn);
  if (stack.empty()) return {};
  return fail(
      Code::Invalid,
      std::string(arn) + " belongs to stack " + stack + ": change it in the stack's template",
      "UnmodifiableEntity");
}

}  // namespace sextant::services::iam
