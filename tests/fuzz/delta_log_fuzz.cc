// A version of a Delta log, ours or one that another program wrote into the table's folder: it is
// sealed or it is not, and where it stands is a number or unknown. The first line is a file's name.
// links: lake
#include "lake/delta_actions.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;
using namespace sextant::lake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::as_text(data, size);
  if (const auto sealed = check_delta_seal(text); !sealed)
    SX_CHECK(sealed.error().code == Code::Corrupt);
  static_cast<void>(delta_position(text));
  auto rest = text;
  const auto name = fuzz::take_until(rest, '\n');
  if (const auto version = delta_version_of(name)) SX_CHECK(delta_file_name(*version) == name);
  static_cast<void>(delta_position(rest));
  return 0;
}
