// What a client claims of its signature: an Authorization header, and the same bytes as a query
// string. What is accepted is well formed and says the same when written again.
// links: guard
#include "guard/signature_text.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;
using namespace sextant::guard;

namespace {

void check(const ClaimedSignature& claim) {
  SX_CHECK(claim.signature.size() == 64);
  SX_CHECK(!claim.access_key_id.empty() && !claim.access_key_id.contains('/'));
  SX_CHECK(claim.scope.date.size() == 8);
  SX_CHECK(!claim.signed_headers.empty());
  std::string text = "AWS4-HMAC-SHA256 Credential=" + claim.access_key_id + "/" +
                     claim.scope.text() + ", SignedHeaders=";
  for (const auto& name : claim.signed_headers) text += name + ";";
  text.back() = ',';
  const auto again = parse_authorization(text + " Signature=" + claim.signature);
  if (!again) return;  // a query may hold what a header cannot, a comma for one
  SX_CHECK(again->signature == claim.signature);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::as_text(data, size);
  if (const auto claim = parse_authorization(text)) check(*claim);
  if (const auto claim = parse_presigned(text)) {
    check(*claim);
    SX_CHECK(is_presigned(text));
    SX_CHECK(claim->expires->count() >= 1 && claim->expires->count() <= 604'800);
    SX_CHECK(claim->query.size() < text.size());
  }
  return 0;
}
