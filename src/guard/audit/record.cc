#include "guard/audit/record.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <chrono>

#include "core/encoding.h"
#include "core/random.h"
#include "core/time_text.h"
#include "guard/audit/json_line.h"

namespace sextant::guard {
namespace {

// CloudTrail cuts these at 1 KB.
constexpr std::size_t kFieldBytesMax = 1'024;
// The longest ARN that names something: an object's, of 13 + 63 + 1 + 1'024 bytes, or a role's.
constexpr std::size_t kArnBytesMax = 2'048;
// Larger parameters are left out, with their size told, so that a record stays a record.
constexpr std::size_t kParametersBytesMax = 16 * 1'024;

std::string_view cut(std::string_view text, std::size_t bytes_max = kFieldBytesMax) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) --bytes_max;
  return text.substr(0, bytes_max);
}

std::string_view to_string(sdk::Verdict verdict) {
  switch (verdict) {
    case sdk::Verdict::Allow: return "Allow";
    case sdk::Verdict::Deny: return "Deny";
    case sdk::Verdict::Throttle: return "Throttle";
  }
  return "Deny";
}

// The last part of arn:aws:iam::…:role/path/name.
std::string_view name_of(std::string_view arn) {
  const auto slash = arn.rfind('/');
  return slash == std::string_view::npos ? arn : arn.substr(slash + 1);
}

void session_context(JsonLine& line, const sdk::Principal& principal) {
  line.open("sessionContext");
  line.open("sessionIssuer");
  line.text("type", "Role");
  line.text("principalId",
            std::string_view(principal.principal_id).substr(0, principal.principal_id.find(':')));
  line.text("arn", principal.role_arn);
  line.text("accountId", principal.account.text());
  line.text("userName", name_of(principal.role_arn));
  line.close();
  line.open("attributes");
  if (principal.session_started) line.text("creationDate", iso8601(*principal.session_started));
  line.text("mfaAuthenticated", "false");
  line.close();
  line.close();
}

void identified(JsonLine& line, std::string_view type, const sdk::Principal& principal) {
  line.text("type", type);
  line.text("principalId", principal.principal_id);
  line.text("arn", principal.arn);
  line.text("accountId", principal.account.text());
  line.text_if("accessKeyId", principal.access_key_id);
}

void user_identity(JsonLine& line, const sdk::Principal& principal) {
  line.open("userIdentity");
  switch (principal.kind) {
    case sdk::PrincipalKind::Anonymous:
      line.text("type", "AWSAccount");
      line.text("principalId", "");
      line.text("accountId", "ANONYMOUS_PRINCIPAL");
      line.text_if("accessKeyId", cut(principal.access_key_id, 128));  // what it claimed
      break;
    case sdk::PrincipalKind::Root: identified(line, "Root", principal); break;
    case sdk::PrincipalKind::User:
      identified(line, "IAMUser", principal);
      line.text("userName", name_of(principal.arn));
      break;
    case sdk::PrincipalKind::AssumedRole:
      identified(line, "AssumedRole", principal);
      session_context(line, principal);
      break;
    case sdk::PrincipalKind::Service:
      line.text("type", "AWSService");
      line.text("invokedBy", principal.service);
      break;
  }
  line.close();
}

std::string seconds_text(Time time) {
  return iso8601(std::chrono::floor<std::chrono::seconds>(time));
}

void head(JsonLine& line, const sdk::Principal& principal, Time time, std::string_view service,
          std::string_view operation, const Scope& scope) {
  line.open();
  line.text("eventVersion", "1.11");
  user_identity(line, principal);
  line.text("eventTime", seconds_text(time));
  line.text("eventSource", std::string(service) + ".amazonaws.com");
  line.text("eventName", cut(operation));
  line.text("awsRegion", scope.region.text());
}

void failure(JsonLine& line, std::string_view code, std::string_view message) {
  line.text("errorCode", code);
  line.text("errorMessage", cut(message));
}

void parameters(JsonLine& line, const boost::json::value& value) {
  const auto* object = value.if_object();
  if (value.is_null() || (object != nullptr && object->empty())) {
    return line.null("requestParameters");
  }
  const auto before = line.size();
  line.value("requestParameters", value);
  const auto bytes = line.size() - before;
  if (bytes <= kParametersBytesMax) return;
  line.cut(before);
  line.open("requestParameters");
  line.boolean("omitted", true);
  line.number("originalSize", bytes);
  line.close();
}

void resources(JsonLine& line, const sdk::Call& call) {
  if (call.resource.empty() || call.resource == "*") return;
  line.open_list("resources");
  line.open();
  line.text("ARN", cut(call.resource, kArnBytesMax));
  line.text("accountId",
            (call.resource_owner.empty() ? call.scope.account : call.resource_owner).text());
  if (call.service == "s3") {
    line.text("type",
              call.resource.find('/') == std::string::npos ? "AWS::S3::Bucket" : "AWS::S3::Object");
  }
  line.close();
  line.close_list();
}

void verdict(JsonLine& line, const sdk::Decision& decision) {
  line.text("decision", to_string(decision.verdict));
  line.text_if("reason", cut(decision.reason));
  line.open_list("statements");
  for (const auto& statement : decision.deciding_statements) line.text({}, statement);
  line.close_list();
}

void event_classes(JsonLine& line, EventClasses classes) {
  if (classes.empty()) return;
  line.open_list("eventClass");
  for (const auto& [event_class, name] : kEventClasses) {
    if (classes.has(event_class)) line.text({}, name);
  }
  line.close_list();
}

void tail(JsonLine& line, std::string_view request_id, std::string_view type, bool read_only,
          sdk::EventCategory category, const Scope& scope) {
  const bool management = category == sdk::EventCategory::Management;
  line.text("requestID", request_id);
  line.text("eventID", make_uuid());
  line.boolean("readOnly", read_only);
  line.text("eventType", type);
  line.boolean("managementEvent", management);
  line.text("recipientAccountId", scope.account.text());
  line.text("eventCategory", management ? "Management" : "Data");
}

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

std::string call_record(const sdk::Call& call, const sdk::Decision& decision, const Error* error,
                        EventClasses classes) {
  JsonLine line;
  head(line, call.principal, call.time, call.service, call.operation, call.scope);
  line.text("sourceIPAddress", call.source_ip);
  line.text("userAgent", cut(call.user_agent));
  if (error != nullptr) failure(line, name_of(*error), error->message);
  parameters(line, call.request_parameters);
  line.null("responseElements");
  line.open("additionalEventData");
  event_classes(line, classes.add(classes_of(call, decision, error)));
  verdict(line, decision);
  line.text("time", iso8601(call.time));
  line.text_if("traceId", call.trace.trace_id);
  line.close();
  resources(line, call);
  tail(line, call.request_id.text(), "AwsApiCall", call.access == sdk::Access::Read, call.category,
       call.scope);
  line.close();
  return std::move(line).finish();
}

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

std::string refused_calls_record(const RefusedCalls& refused) {
  JsonLine line;
  const auto colon = refused.last_operation.find(':');
  const auto service = refused.last_operation.substr(0, colon);
  const auto operation =
      colon == std::string::npos ? std::string() : refused.last_operation.substr(colon + 1);
  head(line, {}, refused.second, service, operation, refused.scope);
  line.text("sourceIPAddress", refused.source_ip);
  line.text("userAgent", "");
  failure(line, refused.last_error,
          std::to_string(refused.count) +
              " more calls without an authenticated principal were refused in this second; the "
              "latest is named here");
  line.null("requestParameters");
  line.null("responseElements");
  line.open("additionalEventData");
  line.text("decision", to_string(sdk::Verdict::Deny));
  line.number("count", refused.count);
  line.close();
  tail(line, "", "AwsApiCall", false, sdk::EventCategory::Management, refused.scope);
  line.close();
  return std::move(line).finish();
}

std::string seal_record(const SealedSegment& segment) {
  JsonLine line;
  sdk::Principal node;
  node.kind = sdk::PrincipalKind::Service;
  node.service = "sextant.amazonaws.com";
  head(line, node, segment.time, "sextant", "SealAuditSegment", segment.scope);
  line.text("sourceIPAddress", node.service);
  line.text("userAgent", node.service);
  line.null("requestParameters");
  line.null("responseElements");
  line.open("serviceEventDetails");
  line.number("digestNumber", segment.digest);
  line.number("firstSequence", segment.first);
  line.number("lastSequence", segment.last);
  line.close();
  tail(line, "", "AwsServiceEvent", false, sdk::EventCategory::Management, segment.scope);
  line.close();
  return std::move(line).finish();
}

bool is_seal_record(std::string_view record) {
  // From the record's beginning on, which is never the caller's.
  constexpr std::string_view kBegin =
      R"({"eventVersion":"1.11","userIdentity":{"type":"AWSService","invokedBy":"sextant.amazonaws.com"},"eventTime":")";
  if (!record.starts_with(kBegin)) return false;
  record.remove_prefix(kBegin.size());
  record.remove_prefix(std::min(record.find('"'), record.size()));
  return record.starts_with(
      R"(","eventSource":"sextant.amazonaws.com","eventName":"SealAuditSegment")");
}

}  // namespace sextant::guard
