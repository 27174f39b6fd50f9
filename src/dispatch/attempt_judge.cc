#include "dispatch/attempt_judge.h"

#include <utility>

#include "guard/gate.h"
#include "guard/iam/role_session.h"

namespace sextant::dispatch {
namespace {

// Who invokes the function; "" for the kinds of triggers that make no deliveries.
std::string trigger_service(store::TriggerKind kind) {
  switch (kind) {
    case store::TriggerKind::Bucket: return "s3.amazonaws.com";
    case store::TriggerKind::Schedule:
    case store::TriggerKind::Stream:
    case store::TriggerKind::Invoke:
    case store::TriggerKind::Queue:
    case store::TriggerKind::Table: return "";
  }
  return "";
}

}  // namespace

Result<> AttemptJudge::invoke() {
  auto invoke = call("lambda", "Invoke", "lambda:InvokeFunction", function_.arn);
  invoke.principal.kind = sdk::PrincipalKind::Service;
  invoke.principal.service = trigger_service(delivery_.event.trigger);
  invoke.principal.principal_id = invoke.principal.service;
  invoke.source_ip = invoke.principal.service;
  invoke.context["aws:SourceArn"] = {delivery_.event.source_arn};
  invoke.context["aws:SourceAccount"] = {parts_.scope.account.text()};
  if (!invoke.principal.service.empty()) return judge(std::move(invoke));
  return decided(std::move(invoke), {.verdict = sdk::Verdict::Deny,
                                     .reason = "no service invokes functions by such a trigger",
                                     .deciding_statements = {}});
}

Result<> AttemptJudge::read_object() {
  return judge_as_role(call("s3", "GetObject", "s3:GetObject",
                            "arn:aws:s3:::" + delivery_.event.bucket + "/" + delivery_.event.key));
}

Result<> AttemptJudge::land_in(const model::Table& table) {
  return judge_as_role(
      call("glue", "BatchCreatePartition", "glue:BatchCreatePartition", table.arn));
}

Result<> AttemptJudge::read_table(const model::Table& table) {
  return judge_as_role(call("glue", "GetTable", "glue:GetTable", table.arn));
}

Result<> AttemptJudge::call_outside(const sdk::OutsideCall& what) {
  return judge_as_role(call(what.service, what.operation, what.service + ":" + what.operation,
                            "arn:aws:" + what.service + ":" + parts_.scope.region.text() + ":" +
                                parts_.scope.account.text() + ":" + what.resource));
}

Result<> AttemptJudge::write_failure(const std::string& bucket, const std::string& key) {
  return judge_as_role(
      call("s3", "PutObject", "s3:PutObject", "arn:aws:s3:::" + bucket + "/" + key));
}

sdk::Call AttemptJudge::call(std::string service, std::string operation, std::string action,
                             std::string resource) const {
  sdk::Call call;
  call.scope = parts_.scope;
  call.service = std::move(service);
  call.operation = std::move(operation);
  call.action = std::move(action);
  call.resource = std::move(resource);
  call.category = sdk::EventCategory::Data;
  call.request_id = request_id_;
  call.time = parts_.clock.now();
  call.trace = delivery_.trace;
  call.principal.account = parts_.scope.account;
  call.context["aws:SecureTransport"] = {"true"};  // it crosses no network
  return call;
}

// Its trust policy may have changed since the deploy, which asked the same.
Result<> AttemptJudge::take_role() {
  if (role_) return {};
  auto assume = guard::iam::assumption(parts_.scope, function_.arn, function_.role_arn);
  assume.request_id = request_id_;
  assume.time = parts_.clock.now();
  assume.trace = delivery_.trace;
  SX_TRY(judge(std::move(assume)));
  role_ = guard::iam::role_session(parts_.scope.account, *parts_.configuration.current(),
                                   function_.role_arn, function_.name.text());
  return {};
}

Result<> AttemptJudge::judge_as_role(sdk::Call call) {
  SX_TRY(take_role());
  call.principal = *role_;
  call.source_ip = "lambda.amazonaws.com";
  return judge(std::move(call));
}

Result<> AttemptJudge::judge(sdk::Call call) {
  auto decision = parts_.gate.judge(call);
  return decided(std::move(call), std::move(decision));
}

Result<> AttemptJudge::decided(sdk::Call call, sdk::Decision decision) {
  parts_.gate.count(call, decision);
  const bool allowed = decision.verdict == sdk::Verdict::Allow;
  auto reason = decision.reason;
  judged_.push_back({std::move(call), std::move(decision)});
  if (allowed) return {};
  return fail(Code::Denied, std::move(reason), "AccessDenied");
}

}  // namespace sextant::dispatch
