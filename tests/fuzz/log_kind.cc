// The parser of the kind of logs that SEXTANT_KIND names; cmake/tests.cmake makes a target of each.
// links: intel sdk core
#include "intel/log_kinds.h"
#include "tests/fuzz/parser_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto* const kKind = sextant::intel::find_log_kind(SEXTANT_KIND);
  SX_CHECK(kKind != nullptr);
  return sextant::fuzz::run_parser(*kKind->parser, data, size);
}
