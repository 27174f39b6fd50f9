#include "core/time_text.h"
#include "guard/audit/record.h"
#include "guard/audit/record_parts.h"

namespace sextant::guard {
using namespace record_parts;
namespace {

void event_details(JsonLine& line, const store::Delivery& delivery) {
  const auto& event = delivery.event;
  line.open("event");
  line.text_if("name", event.name);
  line.text_if("sourceArn", event.source_arn);
  line.text_if("notificationId", event.notification_id);
  line.text_if("bucket", event.bucket);
  line.text_if("key", event.key);
  line.text_if("sequencer", event.sequencer);
  line.text_if("principalId", event.principal_id);
  line.text_if("requestId", event.request_id);
  line.close();
}

void attempt_details(JsonLine& line, const store::Delivery& delivery) {
  line.open("serviceEventDetails");
  line.text("deliveryId", delivery.id.text());
  line.number("attempt", delivery.attempts);
  line.text("outcome", store::to_string(delivery.outcome));
  line.text_if("revision", delivery.revision);
  if (delivery.cause) line.text_if("failedStage", delivery.cause->stage);
  if (delivery.started) line.text("started", iso8601(*delivery.started));
  if (delivery.ended) line.text("ended", iso8601(*delivery.ended));
  event_details(line, delivery);
  line.open_list("stages");
  for (const auto& stage : delivery.stages) {
    line.open();
    line.text("stage", stage.stage);
    line.number("rowsIn", stage.rows_in);
    line.number("rowsOut", stage.rows_out);
    line.number("cpuMicros", stage.micros);
    line.close();
  }
  line.close_list();
  line.number("rowsLanded", delivery.rows_landed);
  line.number("rowsMalformed", delivery.rows_malformed);
  line.close();
}

// Each stage that the gate judged: who wanted what, and the answer.
void judged_calls(JsonLine& line, const DeliveryAttempt& attempt) {
  line.open("additionalEventData");
  auto classes = attempt.classes;
  event_classes(line, classes.add(classes_of(attempt.judged.front().decision, attempt.delivery)));
  line.open_list("decisions");
  for (const auto& [call, decision] : attempt.judged) {
    line.open();
    line.text("principal", call.principal.kind == sdk::PrincipalKind::Service
                               ? call.principal.service
                               : call.principal.arn);
    line.text("action", call.action);
    line.text("resource", cut(call.resource, kArnBytesMax));
    verdict(line, decision);
    line.close();
  }
  line.close_list();
  line.text_if("traceId", attempt.delivery.trace.trace_id);
  line.close();
}

// Why the attempt failed: the gate's refusal before the function's own failure.
void attempt_failure(JsonLine& line, const DeliveryAttempt& attempt) {
  for (const auto& [call, decision] : attempt.judged) {
    if (decision.verdict == sdk::Verdict::Deny) {
      return failure(line, "AccessDenied", decision.reason);
    }
  }
  const auto& cause = attempt.delivery.cause;
  if (cause && attempt.delivery.outcome != store::OutcomeKind::Succeeded) {
    failure(line, cause->code, cause->message);
  }
}

}  // namespace

std::string attempt_record(const DeliveryAttempt& attempt) {
  SX_CHECK(!attempt.judged.empty());
  const auto& invoke = attempt.judged.front().call;
  JsonLine line;
  head(line, invoke.principal, invoke.time, "lambda", "Invoke", invoke.scope);
  line.text("sourceIPAddress", invoke.principal.service);
  line.text("userAgent", invoke.principal.service);
  attempt_failure(line, attempt);
  line.open("requestParameters");
  line.text("functionName", attempt.delivery.function.text());
  line.text("invocationType", "Event");
  line.close();
  line.null("responseElements");
  judged_calls(line, attempt);
  attempt_details(line, attempt.delivery);
  line.open_list("resources");
  line.open();
  line.text("ARN", attempt.function_arn);
  line.text("accountId", invoke.scope.account.text());
  line.text("type", "AWS::Lambda::Function");
  line.close();
  line.close_list();
  tail(line, attempt.request_id.text(), "AwsServiceEvent", false, sdk::EventCategory::Data,
       invoke.scope);
  line.close();
  return std::move(line).finish();
}

}  // namespace sextant::guard
