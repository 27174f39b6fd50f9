// Percent-encoding, base64 and hex: any bytes survive the way there and back, and a text that is
// read is the only text for its bytes (but for the case of hex digits and superfluous escapes).
// links: core
#include "core/encoding.h"

#include "core/strings.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  SX_CHECK(uri_decode(uri_encode(text)) == text);
  SX_CHECK(uri_decode(uri_encode(text, Slash::Keep)) == text);
  SX_CHECK(from_base64(base64(text)) == text);
  SX_CHECK(from_hex(hex(text)) == text);
  if (const auto bytes = uri_decode(text)) SX_CHECK(bytes->size() <= text.size());
  if (const auto bytes = from_base64(text)) SX_CHECK(base64(*bytes) == text);
  if (const auto bytes = from_hex(text)) SX_CHECK(hex(*bytes) == to_lower(text));
  static_cast<void>(valid_utf8(text));
  return 0;
}
