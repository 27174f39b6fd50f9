#include "guard/audit/event_class.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sextant::guard {
namespace {

using sdk::PrincipalKind;

std::string names(EventClasses classes) {
  std::string text;
  for (const auto& [event_class, name] : kEventClasses) {
    if (classes.has(event_class)) text += (text.empty() ? "" : " ") + std::string(name);
  }
  return text;
}

TEST(EventClass, EachHasANameOfItsOwn) {
  std::set<std::string_view> seen;
  for (const auto& [event_class, name] : kEventClasses) {
    EXPECT_TRUE(seen.insert(name).second) << name;
    EXPECT_EQ(names(event_class), name);
  }
}

TEST(EventClass, OfCalls) {
  struct {
    PrincipalKind who;
    const char* key;
    const char* action;  // "service:Operation" as far as it matters here
    sdk::Access access;
    bool allowed;
    bool succeeded;
    const char* expected;
  } const table[] = {
      {PrincipalKind::User, "AKIA1", "s3:GetObject", sdk::Access::Read, true, true,
       "AccessKeyAccepted"},
      {PrincipalKind::User, "AKIA1", "s3:GetObject", sdk::Access::Read, false, false,
       "AccessKeyAccepted"},
      {PrincipalKind::Anonymous, "AKIA1", "s3:GetObject", sdk::Access::Read, false, false,
       "AccessKeyRefused"},
      {PrincipalKind::Anonymous, "", "s3:GetObject", sdk::Access::Read, false, false, ""},
      {PrincipalKind::AssumedRole, "", "lambda:InvokeFunction", sdk::Access::Write, false, false,
       "InvokeRefused"},
      {PrincipalKind::AssumedRole, "", "lambda:InvokeFunction", sdk::Access::Write, true, true, ""},
      {PrincipalKind::Root, "AKIA1", "cloudformation:CreateStack", sdk::Access::Write, true, true,
       "AccessKeyAccepted DeploymentSucceeded"},
      {PrincipalKind::Root, "AKIA1", "cloudformation:UpdateStack", sdk::Access::Write, true, false,
       "AccessKeyAccepted DeploymentFailed"},
      {PrincipalKind::Root, "", "cloudformation:DeleteStack", sdk::Access::Write, false, false,
       "DeploymentFailed"},
      {PrincipalKind::Root, "", "cloudformation:ExecuteChangeSet", sdk::Access::Write, true, true,
       "DeploymentSucceeded"},
      {PrincipalKind::Root, "", "cloudformation:CreateChangeSet", sdk::Access::Write, true, true,
       ""},
      {PrincipalKind::Root, "", "cloudformation:DescribeStacks", sdk::Access::Read, true, true, ""},
      {PrincipalKind::Root, "", "iam:AttachRolePolicy", sdk::Access::Write, true, true,
       "PermissionChange"},
      {PrincipalKind::Root, "", "iam:GetRole", sdk::Access::Read, true, true, ""},
      {PrincipalKind::Root, "", "lambda:AddPermission", sdk::Access::Write, false, false,
       "PermissionChange"},
      {PrincipalKind::Root, "", "s3:PutBucketPolicy", sdk::Access::Write, true, true,
       "PermissionChange"},
      {PrincipalKind::Root, "", "sextant:CreateIntakeSource", sdk::Access::Write, true, true,
       "PermissionChange"},
      {PrincipalKind::Root, "", "sextant:RevokeIntakeSource", sdk::Access::Write, true, true,
       "PermissionChange"},
      {PrincipalKind::Root, "", "s3:PutBucketNotification", sdk::Access::Write, true, true,
       "TriggerChange"},
      {PrincipalKind::Root, "", "s3:PutObject", sdk::Access::Write, true, true, ""},
  };
  const Error error{.code = Code::Denied, .message = "no", .name = "AccessDenied"};
  for (const auto& row : table) {
    const std::string action = row.action;
    sdk::Call call;
    call.principal.kind = row.who;
    call.principal.access_key_id = row.key;
    call.service = action.substr(0, action.find(':'));
    call.operation = action.substr(action.find(':') + 1);
    call.action = action;
    call.access = row.access;
    sdk::Decision decision;
    decision.verdict = row.allowed ? sdk::Verdict::Allow : sdk::Verdict::Deny;
    EXPECT_EQ(names(classes_of(call, decision, row.succeeded ? nullptr : &error)), row.expected)
        << row.action;
  }
}

TEST(EventClass, OfAttempts) {
  sdk::Decision decision{.verdict = sdk::Verdict::Allow, .reason = {}, .deciding_statements = {}};
  store::Delivery delivery;
  delivery.outcome = store::OutcomeKind::Pending;
  EXPECT_EQ(names(classes_of(decision, delivery)), "");
  delivery.cause = store::Cause{.code = "Sandbox.Timedout", .message = "late", .stage = "s"};
  EXPECT_EQ(names(classes_of(decision, delivery)), "FunctionTimeout");
  delivery.outcome = store::OutcomeKind::Succeeded;
  EXPECT_EQ(names(classes_of(decision, delivery)), "") << "that was an attempt before";
  decision.verdict = sdk::Verdict::Deny;
  EXPECT_EQ(names(classes_of(decision, delivery)), "InvokeRefused");
}

}  // namespace
}  // namespace sextant::guard
