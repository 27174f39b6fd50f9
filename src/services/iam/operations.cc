#include <array>
#include <boost/json.hpp>
#include <memory>

#include "services/iam/changes.h"
#include "services/iam/handlers.h"
#include "services/iam/targets.h"

namespace sextant::services::iam {
namespace {

constexpr auto kRead = sdk::Access::Read;
constexpr auto kWrite = sdk::Access::Write;

struct Row {
  std::string_view name;
  std::string_view action;
  sdk::Access access;
  Subject subject;
  Handler handle;
};

constexpr std::array kRows{
    Row{"CreateUser", "iam:CreateUser", kWrite, Subject::NewUser, create_user},
    Row{"GetUser", "iam:GetUser", kRead, Subject::Caller, get_user},
    Row{"ListUsers", "iam:ListUsers", kRead, Subject::None, list_users},
    Row{"UpdateUser", "iam:UpdateUser", kWrite, Subject::User, update_user},
    Row{"DeleteUser", "iam:DeleteUser", kWrite, Subject::User, delete_user},
    Row{"CreateAccessKey", "iam:CreateAccessKey", kWrite, Subject::Caller, create_access_key},
    Row{"ListAccessKeys", "iam:ListAccessKeys", kRead, Subject::Caller, list_access_keys},
    Row{"UpdateAccessKey", "iam:UpdateAccessKey", kWrite, Subject::Caller, update_access_key},
    Row{"DeleteAccessKey", "iam:DeleteAccessKey", kWrite, Subject::Caller, delete_access_key},
    Row{"PutUserPolicy", "iam:PutUserPolicy", kWrite, Subject::User, put_inline_policy},
    Row{"GetUserPolicy", "iam:GetUserPolicy", kRead, Subject::User, get_inline_policy},
    Row{"ListUserPolicies", "iam:ListUserPolicies", kRead, Subject::User, list_inline_policies},
    Row{"DeleteUserPolicy", "iam:DeleteUserPolicy", kWrite, Subject::User, delete_inline_policy},
    Row{"AttachUserPolicy", "iam:AttachUserPolicy", kWrite, Subject::User, attach_policy},
    Row{"DetachUserPolicy", "iam:DetachUserPolicy", kWrite, Subject::User, detach_policy},
    Row{"ListAttachedUserPolicies", "iam:ListAttachedUserPolicies", kRead, Subject::User,
        list_attached_policies},
    Row{"PutUserPermissionsBoundary", "iam:PutUserPermissionsBoundary", kWrite, Subject::User,
        put_permissions_boundary},
    Row{"DeleteUserPermissionsBoundary", "iam:DeleteUserPermissionsBoundary", kWrite, Subject::User,
        delete_permissions_boundary},
    Row{"TagUser", "iam:TagUser", kWrite, Subject::User, tag_identity},
    Row{"UntagUser", "iam:UntagUser", kWrite, Subject::User, untag_identity},
    Row{"ListUserTags", "iam:ListUserTags", kRead, Subject::User, list_tags},
    Row{"PutRolePolicy", "iam:PutRolePolicy", kWrite, Subject::Role, put_inline_policy},
    Row{"GetRolePolicy", "iam:GetRolePolicy", kRead, Subject::Role, get_inline_policy},
    Row{"ListRolePolicies", "iam:ListRolePolicies", kRead, Subject::Role, list_inline_policies},
    Row{"DeleteRolePolicy", "iam:DeleteRolePolicy", kWrite, Subject::Role, delete_inline_policy},
    Row{"AttachRolePolicy", "iam:AttachRolePolicy", kWrite, Subject::Role, attach_policy},
    Row{"DetachRolePolicy", "iam:DetachRolePolicy", kWrite, Subject::Role, detach_policy},
    Row{"ListAttachedRolePolicies", "iam:ListAttachedRolePolicies", kRead, Subject::Role,
        list_attached_policies},
    Row{"PutRolePermissionsBoundary", "iam:PutRolePermissionsBoundary", kWrite, Subject::Role,
        put_permissions_boundary},
    Row{"DeleteRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary", kWrite, Subject::Role,
        delete_permissions_boundary},
    Row{"TagRole", "iam:TagRole", kWrite, Subject::Role, tag_identity},
    Row{"UntagRole", "iam:UntagRole", kWrite, Subject::Role, untag_identity},
    Row{"ListRoleTags", "iam:ListRoleTags", kRead, Subject::Role, list_tags},
    Row{"CreateRole", "iam:CreateRole", kWrite, Subject::NewRole, create_role},
    Row{"GetRole", "iam:GetRole", kRead, Subject::Role, get_role},
    Row{"ListRoles", "iam:ListRoles", kRead, Subject::None, list_roles},
    Row{"DeleteRole", "iam:DeleteRole", kWrite, Subject::Role, delete_role},
    Row{"UpdateRole", "iam:UpdateRole", kWrite, Subject::Role, update_role},
    Row{"UpdateRoleDescription", "iam:UpdateRoleDescription", kWrite, Subject::Role,
        update_role_description},
    Row{"UpdateAssumeRolePolicy", "iam:UpdateAssumeRolePolicy", kWrite, Subject::Role,
        update_assume_role_policy},
    Row{"CreatePolicy", "iam:CreatePolicy", kWrite, Subject::NewPolicy, create_policy},
    Row{"GetPolicy", "iam:GetPolicy", kRead, Subject::Policy, get_policy},
    Row{"ListPolicies", "iam:ListPolicies", kRead, Subject::None, list_policies},
    Row{"DeletePolicy", "iam:DeletePolicy", kWrite, Subject::Policy, delete_policy},
    Row{"CreatePolicyVersion", "iam:CreatePolicyVersion", kWrite, Subject::Policy,
        create_policy_version},
    Row{"GetPolicyVersion", "iam:GetPolicyVersion", kRead, Subject::Policy, get_policy_version},
    Row{"ListPolicyVersions", "iam:ListPolicyVersions", kRead, Subject::Policy,
        list_policy_versions},
    Row{"DeletePolicyVersion", "iam:DeletePolicyVersion", kWrite, Subject::Policy,
        delete_policy_version},
    Row{"SetDefaultPolicyVersion", "iam:SetDefaultPolicyVersion", kWrite, Subject::Policy,
        set_default_policy_version},
    Row{"TagPolicy", "iam:TagPolicy", kWrite, Subject::Policy, tag_policy},
    Row{"UntagPolicy", "iam:UntagPolicy", kWrite, Subject::Policy, untag_policy},
    Row{"ListPolicyTags", "iam:ListPolicyTags", kRead, Subject::Policy, list_policy_tags},
    Row{"SimulateCustomPolicy", "iam:SimulateCustomPolicy", kRead, Subject::None,
        simulate_custom_policy},
    Row{"SimulatePrincipalPolicy", "iam:SimulatePrincipalPolicy", kRead, Subject::Source,
        simulate_principal_policy},
};

// Outlives every call: the table shares it.
struct Service {
  explicit Service(IamParts given) : parts(std::move(given)), changes(parts) {}
  const IamParts parts;
  Changes changes;
};

Answer read(const IamParts& parts, const Row& row, const sdk::Call& call,
            const boost::json::object& parameters) {
  Draft unused(parts.scope);
  const auto configuration = parts.configuration.current();
  return row.handle({.parts = parts,
                     .call = call,
                     .parameters = parameters,
                     .configuration = *configuration,
                     .kind = kind_of(row.subject),
                     .draft = unused});
}

// A user who names nobody means itself.
void name_caller(const sdk::Principal& caller, sdk::Input& input) {
  if (caller.kind != sdk::PrincipalKind::User || input.parameters.contains("UserName")) return;
  input.parameters["UserName"] = store::name_of_arn(caller.arn);
}

guard::Operation operation_of(const std::shared_ptr<Service>& service, const Row& row) {
  guard::Operation operation;
  operation.service = "iam";
  operation.name = row.name;
  operation.action = row.action;
  operation.access = row.access;
  operation.category = sdk::EventCategory::Management;
  operation.target = [service, subject = row.subject](const Scope& scope, const sdk::Input& input) {
    return target_of(subject, scope, input, *service->parts.configuration.current());
  };
  operation.handle = [service, row](const std::shared_ptr<guard::Permit>& permit, sdk::Input input,
                                    sdk::Reply reply) {
    auto answer = row.access == kRead
                      ? read(service->parts, row, permit->call(), input.parameters)
                      : service->changes.run(row.handle, row.subject, *permit, input);
    if (!answer) return reply(std::unexpected(std::move(answer).error()));
    sdk::Output output;
    output.result = std::move(*answer);
    reply(std::move(output));
  };
  operation.takes_long = row.access == kWrite;  // waits for its commit
  if (row.subject == Subject::Caller) operation.complete = name_caller;
  return operation;
}

}  // namespace

guard::OperationTable operations(IamParts parts) {
  const auto service = std::make_shared<Service>(std::move(parts));
  guard::OperationTable table;
  for (const auto& row : kRows) table.push_back(operation_of(service, row));
  return table;
}

}  // namespace sextant::services::iam
