// Access logs of Application Load Balancers.
// links: intel sdk core
#include "intel/parsers/alb.h"

#include "tests/fuzz/parser_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return sextant::fuzz::run_parser(sextant::intel::kAlb, data, size);
}
