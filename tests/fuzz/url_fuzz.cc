// Places that a user or a message names: URLs of endpoints and queues, s3:// locations, and files
// that say where a search engine is. What is read of a URL makes the same URL again, and nothing of
// it can break out of a request's head.
// links: cli adapters net
#include <algorithm>

#include "adapters/opensearch/domain_file.h"
#include "cli/s3_listing.h"
#include "net/url.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::as_text(data, size);
  if (const auto url = net::parse_url(text)) {
    SX_CHECK(!url->host.empty() && url->port != 0 && !url->target.empty());
    for (const auto& part : {url->authority(), url->target})
      SX_CHECK(std::ranges::none_of(part, [](unsigned char c) { return c <= 0x20 || c == 0x7F; }));
    const auto again = net::parse_url(url->scheme + "://" + url->authority() + url->target);
    SX_CHECK(again && again->host == url->host && again->port == url->port);
    SX_CHECK(again->target == url->target && again->scheme == url->scheme);
  }
  if (const auto place = cli::parse_s3_url(text)) {
    SX_CHECK(cli::is_bucket_name(place->bucket));
    const auto again = cli::parse_s3_url("s3://" + place->bucket + "/" + place->prefix);
    SX_CHECK(again && again->bucket == place->bucket && again->prefix == place->prefix);
  }
  if (const auto file = adapters::parse_domain_file(text, "/folder"); !file)
    SX_CHECK(file.error().code == Code::Invalid && !file.error().message.empty());
  return 0;
}
