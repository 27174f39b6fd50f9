#include "guard/audit/record.h"

#include <algorithm>

#include "core/time_text.h"
#include "guard/audit/record_parts.h"

namespace sextant::guard {
using namespace record_parts;
namespace {

// Of all inner decisions of a call; those beyond are counted.
constexpr std::size_t kDecisionsBytesMax = 16 * 1'024;

void inner_decision(JsonLine& line, const InnerDecision& inner) {
  line.open();
  line.text("action", cut(inner.action));
  line.text("resource", cut(inner.resource, kArnBytesMax));
  verdict(line, inner.decision);
  line.close();
}

// Refusals first: they are why a call failed.
void inner_decisions(JsonLine& line, const std::vector<InnerDecision>& decisions) {
  if (decisions.empty()) return;
  std::vector<const InnerDecision*> order;
  for (const auto& inner : decisions) order.push_back(&inner);
  std::ranges::stable_partition(order, [](const InnerDecision* inner) {
    return inner->decision.verdict != sdk::Verdict::Allow;
  });
  const auto begin = line.size();
  std::uint64_t omitted = 0;
  line.open_list("decisions");
  for (const auto* inner : order) {
    const auto before = line.size();
    if (omitted == 0) inner_decision(line, *inner);
    if (omitted == 0 && line.size() - begin <= kDecisionsBytesMax) continue;
    if (omitted++ == 0) line.cut(before);
  }
  line.close_list();
  if (omitted > 0) line.number("decisionsOmitted", omitted);
}

}  // namespace

std::string call_record(const sdk::Call& call, const sdk::Decision& decision, const Error* error,
                        const CallNotes& notes) {
  JsonLine line;
  head(line, call.principal, call.time, call.service, call.operation, call.scope);
  line.text("sourceIPAddress", call.source_ip);
  line.text("userAgent", cut(call.user_agent));
  if (error != nullptr) failure(line, name_of(*error), error->message);
  elements(line, "requestParameters", call.request_parameters);
  elements(line, "responseElements", error == nullptr ? notes.response : boost::json::object());
  line.open("additionalEventData");
  event_classes(line, EventClasses(notes.classes).add(classes_of(call, decision, error)));
  verdict(line, decision);
  inner_decisions(line, notes.decisions);
  line.text("time", iso8601(call.time));
  line.text_if("traceId", call.trace.trace_id);
  line.close();
  resources(line, call);
  tail(line, call.request_id.text(), "AwsApiCall", call.access == sdk::Access::Read, call.category,
       call.scope);
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
