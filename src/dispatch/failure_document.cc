#include <boost/json.hpp>

#include "core/encoding.h"
#include "core/json.h"
#include "core/time_text.h"
#include "dispatch/failure_destination.h"

namespace sextant::dispatch {
namespace {

constexpr std::size_t kMessageBytesMax = 4 * 1024;

// One record of an S3 notification:
// docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html.
boost::json::object s3_record(const store::Event& event) {
  return {{"eventVersion", "2.1"},
          {"eventSource", "aws:s3"},
          {"eventTime", iso8601_millis(event.time)},
          {"eventName", event.name},
          {"userIdentity", {{"principalId", event.principal_id}}},
          {"requestParameters", {{"sourceIPAddress", event.source_ip}}},
          {"responseElements", {{"x-amz-request-id", event.request_id}}},
          {"s3",
           {{"s3SchemaVersion", "1.0"},
            {"configurationId", event.notification_id},
            {"bucket", {{"name", event.bucket}, {"arn", event.source_arn}}},
            {"object",
             {{"key", uri_encode(event.key, Slash::Keep)},
              {"size", event.size},
              {"eTag", event.etag},
              {"sequencer", event.sequencer}}}}}};
}

}  // namespace

std::string failure_key(const store::Delivery& delivery, Time now) {
  const auto text = iso8601(std::chrono::floor<std::chrono::seconds>(now));  // 2026-07-02T22:23:00Z
  auto time = text.substr(0, 19);
  for (char& c : time) c = c == ':' ? '.' : c;
  return "aws/lambda/async/" + delivery.function.text() + "/" + text.substr(0, 4) + "/" +
         text.substr(5, 2) + "/" + text.substr(8, 2) + "/" + time + "-" + delivery.id.text();
}

std::string failure_document(const store::Delivery& delivery, const std::string& function_arn,
                             bool too_old, Time now) {
  const auto cause = delivery.cause.value_or(store::Cause{});
  const boost::json::object document{
      {"version", "1.0"},
      {"timestamp", iso8601_millis(now)},
      {"requestContext",
       {{"requestId", delivery.id.text()},
        {"functionArn", function_arn + ":$LATEST"},
        {"condition", too_old ? "EventAgeExceeded" : "RetriesExhausted"},
        {"approximateInvokeCount", delivery.attempts}}},
      {"requestPayload", {{"Records", boost::json::array{s3_record(delivery.event)}}}},
      {"responseContext",
       {{"statusCode", 200}, {"executedVersion", "$LATEST"}, {"functionError", "Unhandled"}}},
      {"responsePayload",
       {{"errorType", cause.code},
        {"errorMessage", cause.message.substr(0, kMessageBytesMax)},
        {"stage", cause.stage}}}};
  return json::to_text(document);
}

}  // namespace sextant::dispatch
