// What hands out keys, and what lists a bucket: answers of others' services. What is found can
// stand in a header.
// links: cli
#include <algorithm>

#include "cli/credential_documents.h"
#include "cli/s3_listing.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

namespace {

void check(const Result<cli::TemporaryCredentials>& found) {
  if (!found) return;
  SX_CHECK(!found->keys.access_key_id.empty() && !found->keys.secret_access_key.empty());
  for (const auto& each : {found->keys.access_key_id, found->keys.session_token})
    SX_CHECK(std::ranges::all_of(each, [](char c) { return c > 0x20 && c < 0x7F; }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::as_text(data, size);
  check(cli::parse_credentials_json(text));
  check(cli::parse_assumed_role(text));
  if (const auto page = cli::parse_listing(text)) {
    for (const auto& each : page->objects) {
      SX_CHECK(!each.key.empty());
      SX_CHECK(cli::plain_etag(each.etag) == each.etag);
    }
  }
  return 0;
}
