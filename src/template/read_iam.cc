// AWS::IAM::Role, AWS::IAM::Policy, AWS::IAM::ManagedPolicy.
#include "template/policy_document.h"
#include "template/resource_types.h"

namespace sextant::templates {
namespace {

constexpr std::string_view kNoUsers = "policies attach to roles; users get theirs by the IAM API";

void check_path(Properties& properties) {
  const auto path = properties.text("Path");
  if (!path) return;
  if (const auto* problem = iam_path_problem(*path))
    properties.report("Path", "'" + *path + "' is no path", problem);
}

std::string document_of(AppBuilder& builder, Properties& properties, std::string_view name,
                        PolicyUse use) {
  properties.require(name);
  const auto* document = properties.map(name);
  return document == nullptr ? std::string{}
                             : policy_text(*document, use, properties.owner(), builder);
}

std::vector<model::Policy> read_inline_policies(AppBuilder& builder, Properties& properties) {
  std::vector<model::Policy> policies;
  const auto* list = properties.list("Policies");
  if (list == nullptr) return policies;
  for (const auto& item : list->items) {
    Properties policy(item, "a policy of " + properties.owner(), properties.diagnostics());
    auto name = policy.required_text("PolicyName").value_or("");
    check_name_rule(policy, "PolicyName", name, policy_name_problem(name));
    auto document = document_of(builder, policy, "PolicyDocument", PolicyUse::Identity);
    policy.finish();
    for (const auto& other : policies) {
      if (other.name == name && !name.empty())
        policy.report("PolicyName", properties.owner() + " has two policies named '" + name + "'");
    }
    policies.push_back({std::move(name), std::move(document)});
  }
  return policies;
}

}  // namespace

void read_role(AppBuilder& builder, const Resource& resource, Properties& properties) {
  model::Role role;
  properties.any("RoleName");
  role.name = builder.name_of(resource);
  check_name_rule(properties, "RoleName", role.name, role_name_problem(role.name));
  check_path(properties);
  properties.text("Description");
  properties.refuse("MaxSessionDuration", "sessions of functions end with their invocation");
  role.arn = builder.arn_of(resource);
  role.trust_policy =
      document_of(builder, properties, "AssumeRolePolicyDocument", PolicyUse::Trust);
  role.inline_policies = read_inline_policies(builder, properties);
  role.managed_policy_arns = properties.texts("ManagedPolicyArns");
  for (const auto& arn : role.managed_policy_arns)
    builder.check_managed_policy(arn, properties.where("ManagedPolicyArns"));
  role.permissions_boundary_arn = properties.text("PermissionsBoundary");
  if (role.permissions_boundary_arn) {
    builder.check_managed_policy(*role.permissions_boundary_arn,
                                 properties.where("PermissionsBoundary"));
  }
  role.tags = read_tag_list(properties);
  role.logical_id = resource.logical_id;
  role.position = builder.position(resource.at);
  add_unique_in_iam(builder, builder.app().roles, std::move(role), resource, "role");
}

void read_policy(AppBuilder& builder, const Resource& resource, Properties& properties) {
  AppBuilder::Attachment attachment{.at = resource.at, .owner = properties.owner(), .roles = {}};
  attachment.policy.name = properties.required_text("PolicyName").value_or("");
  check_name_rule(properties, "PolicyName", attachment.policy.name,
                  policy_name_problem(attachment.policy.name));
  attachment.policy.document =
      document_of(builder, properties, "PolicyDocument", PolicyUse::Identity);
  properties.refuse("Users", kNoUsers);
  properties.refuse("Groups", kNoUsers);
  properties.require("Roles");
  attachment.roles = properties.texts("Roles");
  attachment.at = properties.where("Roles");
  builder.attach(std::move(attachment));
}

void read_managed_policy(AppBuilder& builder, const Resource& resource, Properties& properties) {
  model::ManagedPolicy policy;
  properties.any("ManagedPolicyName");
  policy.name = builder.name_of(resource);
  check_name_rule(properties, "ManagedPolicyName", policy.name, policy_name_problem(policy.name));
  check_path(properties);
  properties.text("Description");
  policy.arn = builder.arn_of(resource);
  policy.document = document_of(builder, properties, "PolicyDocument", PolicyUse::Managed);
  properties.refuse("Users", kNoUsers);
  properties.refuse("Groups", kNoUsers);
  AppBuilder::Attachment attachment{.at = properties.where("Roles"),
                                    .owner = properties.owner(),
                                    .roles = properties.texts("Roles")};
  attachment.managed_arn = policy.arn;
  builder.attach(std::move(attachment));
  policy.logical_id = resource.logical_id;
  policy.position = builder.position(resource.at);
  add_unique_in_iam(builder, builder.app().managed_policies, std::move(policy), resource,
                    "managed policy");
}

}  // namespace sextant::templates
