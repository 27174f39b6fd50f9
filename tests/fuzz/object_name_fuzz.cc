// What the name of an object tells of the kind of its logs: one of the kinds, or nothing, and the
// same in any bucket.
// links: intel
#include "intel/kind_guess.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const intel::Kinds kAll = [] {
    intel::Kinds all;
    for (const auto& kind : intel::log_kinds()) all.push_back(&kind);
    return all;
  }();
  const auto name = fuzz::as_text(data, size);
  const auto* kind = intel::kind_of_name(name, kAll);
  SX_CHECK(intel::kind_of_name("s3://bucket/" + std::string(name), kAll) == kind);
  if (kind != nullptr) SX_CHECK(intel::kind_of_name(name, {kind}) == kind);
  SX_CHECK(intel::kind_of_name(name, {}) == nullptr);
  return 0;
}
