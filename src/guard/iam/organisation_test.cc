#include "guard/iam/organisation.h"

#include "guard/iam/explain.h"
#include "guard/iam/iam_test_support.h"

namespace sextant::guard::iam {
namespace {

using test::allow;
using test::deny;

constexpr auto kLinkedRole =
    "arn:aws:iam::111122223333:role/aws-service-role/logs.amazonaws.com/AWSServiceRoleForLogs";

sdk::Principal linked() {
  auto principal = test::session();
  principal.role_arn = kLinkedRole;
  return principal;
}

// An identity that may do everything, under a resource control policy that denies everything.
AppliedPolicies denied_by_control() {
  return {.identity = {test::policy(allow("*"))},
          .resource_control = {{test::resource_policy(allow("*", "*", R"("Principal":"*")")),
                                test::resource_policy(deny("*", "*", R"("Principal":"*")"))}}};
}

TEST(Organisation, ResourceControlPoliciesBindRootsAndStrangersToo) {
  for (const auto& principal : {test::user(), test::session(), test::root(), sdk::Principal{}})
    EXPECT_FALSE(test::allowed(test::call(principal), denied_by_control())) << principal.arn;
  EXPECT_FALSE(
      test::allowed(test::call(test::user("eve", test::kOtherAccount)), denied_by_control()));
}

// "RCPs do not impact the effective permissions of any service-linked role."
TEST(Organisation, ResourceControlPoliciesDoNotBindServiceLinkedRoles) {
  EXPECT_TRUE(test::allowed(test::call(linked()), denied_by_control()));
  EXPECT_TRUE(explain(test::call(linked()), denied_by_control()).size() == 1);
  // Nor one that allows nothing, nor one that cannot be evaluated.
  auto policies = denied_by_control();
  policies.resource_control = {{test::resource_policy(deny("sqs:*", "*", R"("Principal":"*")"))},
                               {policy_or_defect("{", PolicyUse::Resource, "broken")}};
  EXPECT_TRUE(test::allowed(test::call(linked()), policies));
  EXPECT_FALSE(test::allowed(test::call(test::session()), policies));
}

// "… the service-linked role's trust policy is also not impacted by RCPs."
TEST(Organisation, AServiceTakesOnItsLinkedRole) {
  const auto trust = test::policy(
      R"({"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"logs.amazonaws.com"}})",
      PolicyUse::Trust);
  const auto may = [&](const char* role) {
    auto made = test::call(test::service("logs.amazonaws.com"), "sts:AssumeRole", role);
    made.context = {{"aws:SourceArn", {"arn:aws:logs:us-east-1:111122223333:x"}},
                    {"aws:SourceAccount", {test::kAccount}}};
    auto policies = denied_by_control();
    policies.resource = {trust};
    return test::allowed(made, policies);
  };
  EXPECT_TRUE(may(kLinkedRole));
  EXPECT_FALSE(may("arn:aws:iam::111122223333:role/r"));
}

TEST(Organisation, ResourceControlPoliciesSpeakOfSomeServicesOnly) {
  for (const char* action :
       {"s3:GetObject", "S3:GetObject", "sts:AssumeRole", "sqs:SendMessage", "kms:Decrypt",
        "logs:PutLogEvents", "xray:PutTraceSegments", "aoss:APIAccessAll"}) {
    EXPECT_TRUE(bound_by_resource_control(test::call(test::user(), action))) << action;
  }
  for (const char* action :
       {"iam:CreateUser", "lambda:InvokeFunction", "cloudformation:CreateStack",
        "states:StartExecution", "kinesis:PutRecord", "sns:Publish", "kms:RetireGrant",
        "s3tables:GetTable"}) {
    const auto made = test::call(test::user(), action, "*");
    EXPECT_FALSE(bound_by_resource_control(made)) << action;
    EXPECT_EQ(test::allowed(made, denied_by_control()), !made.action.starts_with("kms:")) << action;
  }
}

TEST(Organisation, WhatDoesNotBindIsNotExplained) {
  const auto everything = test::policy(allow("*"));
  const AppliedPolicies all{.identity = {everything},
                            .boundary = {everything},
                            .service_control = {{everything}},
                            .resource_control = denied_by_control().resource_control};
  EXPECT_EQ(explain(test::call(test::session()), all).size(), 5u);
  EXPECT_EQ(explain(test::call(linked()), all).size(), 1u);
  EXPECT_EQ(explain(test::call(test::service()), all).size(), 4u);
  EXPECT_EQ(explain(test::call(test::session(), "iam:GetUser", "*"), all).size(), 3u);
}

}  // namespace
}  // namespace sextant::guard::iam
