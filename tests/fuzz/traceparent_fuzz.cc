// The W3C traceparent header: what is read is written as version 00 and read the same.
// links: core
#include "core/trace.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto trace = parse_traceparent(fuzz::as_text(data, size));
  if (trace) SX_CHECK(parse_traceparent(traceparent(*trace)) == trace);
  return 0;
}
