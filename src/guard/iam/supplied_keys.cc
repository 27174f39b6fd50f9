#include "guard/iam/supplied_keys.h"

#include <algorithm>

#include "core/strings.h"

namespace sextant::guard::iam {
namespace {

// Of the services spoken here and the global ones. A name that ends in '/' stands for its tags.
constexpr std::string_view kSupplied[] = {
    // request_view.cc
    "aws:CurrentTime", "aws:EpochTime", "aws:MultiFactorAuthPresent", "aws:PrincipalAccount",
    "aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:PrincipalServiceName",
    "aws:PrincipalTag/", "aws:PrincipalType", "aws:RequestedRegion", "aws:ResourceAccount",
    "aws:SourceIp", "aws:TokenIssueTime", "aws:UserAgent", "aws:userid", "aws:username",
    "aws:ViaAWSService", "s3:ResourceAccount",
    // the router and request_conditions.cc
    "aws:referer", "aws:SecureTransport", "s3:authType", "s3:signatureAge", "s3:signatureversion",
    "s3:x-amz-",
    // services that call for a resource
    "aws:SourceAccount", "aws:SourceArn",
    // CloudFormation for its caller
    "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "iam:PassedToService",
    // targets of operations
    "aws:RequestTag/", "aws:ResourceTag/", "aws:TagKeys", "iam:PermissionsBoundary",
    "iam:PolicyARN", "iam:ResourceTag/", "s3:delimiter", "s3:max-keys", "s3:prefix",
    "sts:ExternalId", "sts:RoleSessionName"};

constexpr std::string_view kServices[] = {"aws", "cloudformation", "iam", "s3", "sts"};

bool stands_for(std::string_view supplied, std::string_view key) {
  const bool open = supplied.ends_with('/') || supplied.ends_with('-');
  return open ? iequals(key.substr(0, supplied.size()), supplied) : iequals(key, supplied);
}

}  // namespace

bool is_supplied(std::string_view key) {
  const auto service = to_lower(key.substr(0, key.find(':')));
  if (std::ranges::find(kServices, service) == std::end(kServices)) return true;
  return std::ranges::any_of(kSupplied,
                             [&](std::string_view each) { return stands_for(each, key); });
}

}  // namespace sextant::guard::iam
