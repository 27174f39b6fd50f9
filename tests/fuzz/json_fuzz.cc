// JSON text. What is read can be written, and both ways of writing mean the same.
// links: core
#include "core/json.h"

#include <boost/json.hpp>

#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = json::parse(fuzz::as_text(data, size));
  if (!value) {
    SX_CHECK(!value.error().message.empty());
    return 0;
  }
  const auto plain = json::parse(json::to_text(*value));
  const auto pretty = json::parse(json::to_pretty_text(*value));
  SX_CHECK(plain.has_value() && pretty.has_value());
  SX_CHECK(*plain == *pretty);
  return 0;
}
