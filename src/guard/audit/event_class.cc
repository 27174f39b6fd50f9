#include "guard/audit/event_class.h"

#include <algorithm>
#include <span>

#include "sdk/function.h"

namespace sextant::guard {
namespace {

constexpr std::array<std::string_view, 4> kDeployments{"CreateStack", "UpdateStack", "DeleteStack",
                                                       "ExecuteChangeSet"};
// Beside all that IAM changes.
constexpr std::array<std::string_view, 10> kPermissionActions{
    "lambda:AddPermission",      "lambda:RemovePermission", "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",     "s3:PutBucketAcl",         "s3:PutBucketPublicAccessBlock",
    "kms:PutKeyPolicy",          "sqs:SetQueueAttributes",  "sextant:CreateIntakeSource",
    "sextant:RevokeIntakeSource"};
constexpr std::array<std::string_view, 9> kTriggerActions{"s3:PutBucketNotification",
                                                          "lambda:CreateEventSourceMapping",
                                                          "lambda:UpdateEventSourceMapping",
                                                          "lambda:DeleteEventSourceMapping",
                                                          "scheduler:CreateSchedule",
                                                          "scheduler:UpdateSchedule",
                                                          "scheduler:DeleteSchedule",
                                                          "events:PutRule",
                                                          "events:PutTargets"};

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// A key that is only claimed stands in the principal too, but then nobody is authenticated.
EventClasses key_class(const sdk::Principal& principal) {
  if (principal.access_key_id.empty()) return {};
  return principal.kind == sdk::PrincipalKind::Anonymous ? EventClass::AccessKeyRefused
                                                         : EventClass::AccessKeyAccepted;
}

EventClasses change_class(const sdk::Call& call) {
  if (call.service == "iam" || is_one_of(kPermissionActions, call.action))
    return EventClass::PermissionChange;
  return is_one_of(kTriggerActions, call.action) ? EventClass::TriggerChange : EventClasses();
}

}  // namespace

EventClasses classes_of(const sdk::Call& call, const sdk::Decision& decision, const Error* error) {
  auto classes = key_class(call.principal);
  const bool denied = decision.verdict == sdk::Verdict::Deny;
  if (denied && call.action == "lambda:InvokeFunction") classes.add(EventClass::InvokeRefused);
  if (call.access != sdk::Access::Write) return classes;
  // Of a request that was never read nothing is known but its name.
  if (call.service == "cloudformation" && is_one_of(kDeployments, call.operation)) {
    const bool failed = denied || error != nullptr;
    classes.add(failed ? EventClass::DeploymentFailed : EventClass::DeploymentSucceeded);
  }
  return classes.add(change_class(call));
}

EventClasses classes_of(const sdk::Decision& invoke, const store::Delivery& delivery) {
  if (invoke.verdict == sdk::Verdict::Deny) return EventClass::InvokeRefused;
  const auto& cause = delivery.cause;
  const bool timed_out =
      cause && cause->code == sdk::kTimedOut && delivery.outcome != store::OutcomeKind::Succeeded;
  return timed_out ? EventClass::FunctionTimeout : EventClasses();
}

}  // namespace sextant::guard
