// What `sextant audit verify --digests` reads of a folder: digests, their signatures, a public key.
// A digest that is read says the same when it is written and read again; nothing that is not signed
// is taken; and a key is the same when it is written and read again.
// links: guard
#include "guard/audit/digest.h"
#include "guard/audit/seal_position.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;
using namespace sextant::guard;

namespace {

const VerifyingKey& a_key() {
  static const VerifyingKey kKey = SigningKey::make().verifying();
  return kKey;
}

void check_document(std::string_view text) {
  const auto digest = parse_digest(text);
  DigestCheck check(a_key());
  const auto taken = check.take({.document = std::string(text), .signature = std::string(text)});
  SX_CHECK(!taken && taken.error().code == Code::Corrupt && !taken.error().message.empty());
  if (!digest) {
    SX_CHECK(digest.error().code == Code::Invalid && !digest.error().message.empty());
    return;
  }
  SX_CHECK(digest->number > 0 && digest->first > 0 && digest->last > 0);
  const auto written = document_of(*digest);
  const auto again = parse_digest(written);
  SX_CHECK(again && document_of(*again) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::as_text(data, size);
  check_document(text);
  if (const auto stored = decode_signed_digest(text)) {
    const auto again = decode_signed_digest(encode(*stored));
    SX_CHECK(again && again->document == stored->document && again->signature == stored->signature);
  }
  if (const auto position = decode_seal_position(text)) {
    const auto bytes = encode(*position);
    const auto again = decode_seal_position(bytes);
    SX_CHECK(again && encode(*again) == bytes);
  }
  if (const auto key = VerifyingKey::from_pem(text)) {
    const auto again = VerifyingKey::from_pem(key->pem());
    SX_CHECK(again && again->fingerprint() == key->fingerprint());
    SX_CHECK(!key->verifies(text, text));
  }
  return 0;
}
