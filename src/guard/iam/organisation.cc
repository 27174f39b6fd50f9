#include "guard/iam/organisation.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "core/strings.h"
#include "guard/iam/request_view.h"

namespace sextant::guard::iam {
namespace {

using sdk::PrincipalKind;

// Sorted.
constexpr std::string_view kWithResourceControl[] = {
    "aoss",
    "appconfig",
    "appstream",
    "autoscaling",
    "autoscaling-plans",
    "budgets",
    "clouddirectory",
    "cloudfront",
    "cloudsearch",
    "cloudtrail-data",
    "codeartifact",
    "codebuild",
    "codecommit",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "comprehendmedical",
    "compute-optimizer",
    "cost-optimization-hub",
    "dax",
    "dsql",
    "dynamodb",
    "ecr",
    "ecr-public",
    "events",
    "firehose",
    "fis",
    "fms",
    "gamelift",
    "health",
    "inspector-scan",
    "kendra",
    "kinesisvideo",
    "kms",
    "logs",
    "memorydb",
    "networkmonitor",
    "notifications",
    "opensearch",
    "pca-connector-ad",
    "personalize",
    "polly",
    "pricing",
    "resource-groups",
    "rolesanywhere",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "signin",
    "sqs",
    "sts",
    "support",
    "swf",
    "textract",
    "timestream-influxdb",
    "transcribe",
    "transfer",
    "translate",
    "wafv2",
    "workspaces",
    "xray",
};
static_assert(std::ranges::is_sorted(kWithResourceControl));

}  // namespace

bool is_service_linked(std::string_view role_arn) {
  std::array<std::string_view, 6> parts;
  return split_arn(role_arn, parts) && parts[5].starts_with("role/aws-service-role/");
}

bool bound_by_service_control(const sdk::Principal& principal) {
  return principal.kind != PrincipalKind::Service && principal.kind != PrincipalKind::Anonymous &&
         !is_service_linked(principal.role_arn);
}

bool bound_by_resource_control(const sdk::Call& call) {
  if (is_service_linked(call.principal.role_arn)) return false;
  // Nor is a service kept from taking on its role.
  if (call.principal.kind == PrincipalKind::Service && is_service_linked(call.resource))
    return false;
  return has_resource_control(call.action.substr(0, call.action.find(':'))) &&
         !iequals(call.action, "kms:RetireGrant");
}

bool has_resource_control(std::string_view service) {
  return std::ranges::binary_search(kWithResourceControl, to_lower(service));
}

AppliedPolicies binding(const sdk::Call& call, AppliedPolicies policies) {
  if (!bound_by_service_control(call.principal)) policies.service_control.clear();
  if (!bound_by_resource_control(call)) policies.resource_control.clear();
  if (is_service_linked(call.principal.role_arn)) policies.boundary.clear();
  return policies;
}

}  // namespace sextant::guard::iam
