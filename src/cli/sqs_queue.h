#pragma once
// One queue of SQS, in the JSON protocol. A message that was received is hidden from others for a
// while; it is gone only when it is removed.
#include <chrono>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/aws_client.h"
#include "cli/source_options.h"
#include "core/json.h"
#include "core/result.h"

namespace sextant::cli {

struct QueueMessage {
  std::string id;       // for people
  std::string receipt;  // of this one receiving: what hides and removes it
  std::string body;
};

// ReceiveMessage's answer. Invalid: it is none.
Result<std::vector<QueueMessage>> parse_messages(std::string_view text);

// One thread at a time. Errors of its calls: as AwsClient::call.
class SqsQueue {
 public:
  static constexpr std::chrono::seconds kHidden{120};  // after receive(), and from each hide()
  static constexpr std::size_t kBatchMax = 10;

  // `options` as resolved() gives them; the URL's host says the region when it is AWS's. Nothing is
  // sent. Invalid: the URL.
  static Result<SqsQueue> open(const SourceOptions& options, const std::string& url,
                               AwsClient::Credentials credentials);

  static constexpr std::chrono::seconds kWaitMax{20};
  // Waits that long for the first one; at most kBatchMax. Ends early on `stop` (Unavailable).
  Result<std::vector<QueueMessage>> receive(std::chrono::seconds wait, std::stop_token stop);
  Result<> remove(const std::string& receipt);
  // At most kBatchMax; those that are gone meanwhile are passed over. Zero shows them to everybody.
  Result<> hide(std::span<const std::string> receipts, std::chrono::seconds how_long);

 private:
  SqsQueue(AwsClient client, std::string url) : client_(std::move(client)), url_(std::move(url)) {}
  Result<std::string> call(std::string_view operation, const json::Object& parameters,
                           std::chrono::seconds time_max, std::stop_token stop);

  AwsClient client_;
  std::string url_;
};

}  // namespace sextant::cli
