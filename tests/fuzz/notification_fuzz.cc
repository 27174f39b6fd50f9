// What a queue gives: its own answer, and the notifications in its messages. What is found can be
// asked for, and of nobody but S3.
// links: cli
#include "cli/notification.h"
#include "cli/sqs_queue.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::as_text(data, size);
  if (const auto objects = cli::parse_notification(text)) {
    for (const auto& each : *objects) {
      SX_CHECK(!each.key.empty() && cli::is_bucket_name(each.bucket));
      SX_CHECK(each.region.empty() || cli::is_region_name(each.region));
      SX_CHECK(cli::plain_etag(each.etag) == each.etag);
    }
  }
  if (const auto messages = cli::parse_messages(text)) {
    for (const auto& each : *messages) {
      SX_CHECK(!each.receipt.empty());
      static_cast<void>(cli::parse_notification(each.body));
    }
  }
  return 0;
}
