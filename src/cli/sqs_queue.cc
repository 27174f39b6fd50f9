#include "cli/sqs_queue.h"

#include <boost/json.hpp>

#include "core/strings.h"

namespace sextant::cli {
namespace {

constexpr std::chrono::seconds kAnswerTimeMax{30};

// "sqs.eu-west-1.amazonaws.com" -> "eu-west-1"
std::string region_of(const std::string& host, const std::string& otherwise) {
  const auto labels = split(host, '.');
  const bool is_aws = labels.size() >= 4 && labels[0] == "sqs" && labels[2] == "amazonaws";
  return is_aws && is_region_name(labels[1]) ? std::string(labels[1]) : otherwise;
}

}  // namespace

Result<std::vector<QueueMessage>> parse_messages(std::string_view text) {
  SX_TRY_AS(const auto value, json::parse(text));
  if (!value.is_object()) return fail(Code::Invalid, "the queue's answer is no JSON object");
  std::vector<QueueMessage> messages;
  const auto* list = json::find(value.get_object(), "Messages");
  if (list == nullptr || list->is_null()) return messages;
  if (!list->is_array()) return fail(Code::Invalid, "the queue's Messages are no list");
  for (const auto& each : list->get_array()) {
    if (!each.is_object()) return fail(Code::Invalid, "a message of the queue is no object");
    const auto& object = each.get_object();
    QueueMessage message{.id = json::text_or(object, "MessageId"),
                         .receipt = json::text_or(object, "ReceiptHandle"),
                         .body = json::text_or(object, "Body")};
    if (message.receipt.empty()) return fail(Code::Invalid, "a message has no ReceiptHandle");
    messages.push_back(std::move(message));
  }
  return messages;
}

Result<SqsQueue> SqsQueue::open(const SourceOptions& options, const std::string& url,
                                AwsClient::Credentials credentials) {
  SX_TRY_AS(const auto parsed, within("--queue", net::parse_url(url)));
  if (parsed.target == "/")
    return fail(Code::Invalid, "--queue: '" + url + "' is no queue's URL: it has no path");
  SX_TRY_AS(auto client,
            within("--queue", AwsClient::open({.url = parsed.scheme + "://" + parsed.authority(),
                                               .region = region_of(parsed.host, options.region),
                                               .ca_file = options.ca_file},
                                              std::move(credentials))));
  return SqsQueue(std::move(client), url);
}

Result<std::string> SqsQueue::call(std::string_view operation, const json::Object& parameters,
                                   std::chrono::seconds time_max, std::stop_token stop) {
  auto members = parameters;
  members["QueueUrl"] = url_;
  AwsClient::Call call{.service = "sqs", .method = "POST"};
  call.headers = {{"Content-Type", "application/x-amz-json-1.0"},
                  {"X-Amz-Target", "AmazonSQS." + std::string(operation)}};
  call.body = json::to_text(members);
  call.time_max = time_max;
  call.stop = std::move(stop);
  SX_TRY_AS(auto response, within("queue " + url_, client_.call(std::move(call))));
  return std::move(response.body);
}

Result<std::vector<QueueMessage>> SqsQueue::receive(std::chrono::seconds wait,
                                                    std::stop_token stop) {
  const boost::json::object parameters{{"MaxNumberOfMessages", kBatchMax},
                                       {"WaitTimeSeconds", wait.count()},
                                       {"VisibilityTimeout", kHidden.count()}};
  SX_TRY_AS(const auto answer,
            call("ReceiveMessage", parameters, wait + kAnswerTimeMax, std::move(stop)));
  return parse_messages(answer);
}

Result<> SqsQueue::remove(const std::string& receipt) {
  SX_TRY(call("DeleteMessage", {{"ReceiptHandle", receipt}}, kAnswerTimeMax, {}));
  return {};
}

Result<> SqsQueue::hide(std::span<const std::string> receipts, std::chrono::seconds how_long) {
  boost::json::array entries;
  for (const auto& receipt : receipts) {
    entries.push_back(boost::json::object{{"Id", std::to_string(entries.size())},
                                          {"ReceiptHandle", receipt},
                                          {"VisibilityTimeout", how_long.count()}});
  }
  SX_TRY(
      call("ChangeMessageVisibilityBatch", {{"Entries", std::move(entries)}}, kAnswerTimeMax, {}));
  return {};
}

}  // namespace sextant::cli
