// Session tokens, which are read before anybody is known: sealed bytes in base64. None opens that
// was not sealed here, for its own use; what was opens again, and no more when a bit is changed.
// links: guard
#include "core/encoding.h"
#include "guard/keys/principal_record.h"
#include "guard/keys/sealing.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;
using namespace sextant::guard;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const SealingKey kKey = *SealingKey::from_bytes(std::string(kSealingKeyBytes, 'k'));
  const auto text = fuzz::as_text(data, size);
  if (const auto token = from_base64(text)) SX_CHECK(!kKey.open(*token, "session"));
  SX_CHECK(!kKey.open(text, "session"));

  auto sealed = kKey.seal(text, "session");
  SX_CHECK(kKey.open(sealed, "session") == text);
  SX_CHECK(!kKey.open(sealed, "secret"));
  auto& changed = sealed[size % sealed.size()];
  changed = static_cast<char>(changed ^ (1 << size % 8));
  SX_CHECK(!kKey.open(sealed, "session"));

  if (const auto principal = decode_principal(text)) {
    const auto bytes = encode(*principal);
    const auto again = decode_principal(bytes);
    SX_CHECK(again && encode(*again) == bytes);
  }
  return 0;
}
