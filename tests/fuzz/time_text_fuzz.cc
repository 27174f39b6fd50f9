// The texts of time: what is read can be written, and is read the same again.
// links: core
#include "core/time_text.h"

#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  if (const auto time = parse_iso8601(text)) SX_CHECK(parse_iso8601(iso8601(*time)) == time);
  if (const auto time = parse_iso8601_basic(text)) SX_CHECK(iso8601_basic(*time) == text);
  if (const auto time = parse_http_date(text)) SX_CHECK(http_date(*time) == text);
  return 0;
}
