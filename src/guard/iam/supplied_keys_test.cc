#include "guard/iam/supplied_keys.h"

#include <gtest/gtest.h>

#include <set>

#include "guard/iam/request_view.h"
#include "guard/iam/service_data.h"

namespace sextant::guard::iam {
namespace {

// Of what is not here: organisations, VPCs, second factors, identity providers, object tags and
// versions, access points, locks, jobs, …
const std::set<std::string_view> kNever = {"aws:AssumedRoot",
                                           "aws:CalledViaAWSMCP",
                                           "aws:ChatbotSourceArn",
                                           "aws:Ec2InstanceSourcePrivateIPv4",
                                           "aws:Ec2InstanceSourceVpc",
                                           "aws:FederatedProvider",
                                           "aws:IsMcpServiceAction",
                                           "aws:MultiFactorAuthAge",
                                           "aws:PrincipalOrgID",
                                           "aws:PrincipalOrgPaths",
                                           "aws:PrincipalServiceNamesList",
                                           "aws:ResourceOrgID",
                                           "aws:ResourceOrgPaths",
                                           "aws:SourceIdentity",
                                           "aws:SourceOrgID",
                                           "aws:SourceOrgPaths",
                                           "aws:SourceOwner",
                                           "aws:SourceVpc",
                                           "aws:SourceVpcArn",
                                           "aws:SourceVpce",
                                           "aws:ViaAWSMCPService",
                                           "aws:VpcSourceIp",
                                           "aws:VpceAccount",
                                           "aws:VpceOrgID",
                                           "aws:VpceOrgPaths",
                                           "cloudformation:ChangeSetName",
                                           "cloudformation:CreateAction",
                                           "cloudformation:ImportResourceTypes",
                                           "cloudformation:ResourceTypes",
                                           "cloudformation:RoleArn",
                                           "cloudformation:StackPolicyUrl",
                                           "cloudformation:TargetRegion",
                                           "cloudformation:TemplateUrl",
                                           "cloudformation:TypeArn",
                                           "iam:AWSServiceName",
                                           "iam:AccountPropertyNamespaces",
                                           "iam:AssociatedResourceArn",
                                           "iam:DelegationDuration",
                                           "iam:DelegationRequestOwner",
                                           "iam:FIDO-FIPS-140-2-certification",
                                           "iam:FIDO-FIPS-140-3-certification",
                                           "iam:FIDO-certification",
                                           "iam:NotificationChannel",
                                           "iam:OrganizationsPolicyId",
                                           "iam:RegisterSecurityKey",
                                           "iam:RoleTemplateARN",
                                           "iam:ServiceSpecificCredentialAgeDays",
                                           "iam:ServiceSpecificCredentialServiceName",
                                           "iam:TemplateArn",
                                           "s3:AccessGrantScope",
                                           "s3:AccessGrantsInstanceArn",
                                           "s3:AccessGrantsLocationScope",
                                           "s3:AccessPointNetworkOrigin",
                                           "s3:AccessPointTag/${TagKey}",
                                           "s3:BucketTag/${TagKey}",
                                           "s3:DataAccessPointAccount",
                                           "s3:DataAccessPointArn",
                                           "s3:ExistingJobOperation",
                                           "s3:ExistingJobPriority",
                                           "s3:ExistingObjectTag/<key>",
                                           "s3:InventoryAccessibleOptionalFields",
                                           "s3:JobSuspendedCause",
                                           "s3:ObjectCreationOperation",
                                           "s3:RequestJobOperation",
                                           "s3:RequestJobPriority",
                                           "s3:RequestObjectTag/<key>",
                                           "s3:RequestObjectTagKeys",
                                           "s3:TlsVersion",
                                           "s3:annotation-prefix",
                                           "s3:deliverySourceArn",
                                           "s3:destinationRegion",
                                           "s3:if-match",
                                           "s3:if-none-match",
                                           "s3:isReplicationPauseRequest",
                                           "s3:locationconstraint",
                                           "s3:logType",
                                           "s3:max-annotation-results",
                                           "s3:object-lock-event-hold",
                                           "s3:object-lock-event-hold-duration-days",
                                           "s3:object-lock-legal-hold",
                                           "s3:object-lock-mode",
                                           "s3:object-lock-remaining-retention-days",
                                           "s3:object-lock-retain-until-date",
                                           "s3:resourceArnBeingAuthorized",
                                           "s3:versionid",
                                           "sts:AWSServiceName",
                                           "sts:DurationSeconds",
                                           "sts:IdentityTokenAudience",
                                           "sts:RequestContext/${ContextKey}",
                                           "sts:RequestContextProviders",
                                           "sts:RoleAuthorizedByIdp",
                                           "sts:SigningAlgorithm",
                                           "sts:SourceIdentity",
                                           "sts:TaskPolicyArn",
                                           "sts:TransitiveTagKeys"};

// Whoever refreshes the data decides on each new key.
TEST(SuppliedKeys, EveryKnownKeyIsSuppliedOrListedAsNever) {
  const auto& data = ServiceData::get();
  auto keys = data.global_keys();
  for (const auto* service : {"s3", "iam", "sts", "cloudformation"}) {
    const auto& more = data.find(service)->keys;
    keys.insert(keys.end(), more.begin(), more.end());
  }
  std::set<std::string_view> seen;
  for (const auto& key : keys) {
    EXPECT_NE(is_supplied(key.name), kNever.contains(key.name)) << key.name;
    if (kNever.contains(key.name)) seen.insert(key.name);
  }
  EXPECT_EQ(seen, kNever);
  EXPECT_TRUE(is_supplied("AWS:requesttag/team"));
  EXPECT_TRUE(is_supplied("kms:ViaService")) << "of a service that is not spoken here";
}

TEST(SuppliedKeys, WhetherThereWasASecondFactorIsSaidOfTemporaryCredentials) {
  static const Key kPresent = make_key("aws:MultiFactorAuthPresent");
  static const Key kOwner = make_key("s3:ResourceAccount");
  sdk::Call call;
  call.scope = {AccountId("111122223333"), Region("us-east-1")};
  const auto value = [&](const Key& key) {
    const RequestView view(call);
    const auto* text = view.single(key);
    return text == nullptr ? std::string() : *text;
  };
  call.principal.kind = sdk::PrincipalKind::User;
  EXPECT_EQ(value(kPresent), "");
  call.principal.session_started = Time{};
  EXPECT_EQ(value(kPresent), "false");
  call.principal = {.kind = sdk::PrincipalKind::AssumedRole};
  call.context["aws:MultiFactorAuthPresent"] = {"true"};  // nobody may say so
  EXPECT_EQ(value(kPresent), "false");
  EXPECT_EQ(value(kOwner), "111122223333");
}

}  // namespace
}  // namespace sextant::guard::iam
