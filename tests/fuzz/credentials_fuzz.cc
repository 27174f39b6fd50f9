// AWS shared-credentials files. What is found stands on one line.
// links: core
#include "core/credentials_file.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto found = parse_credentials(fuzz::as_text(data, size));
  if (!found) return 0;
  SX_CHECK(!found->access_key_id.empty() && !found->secret_access_key.empty());
  SX_CHECK(found->secret_access_key.find('\n') == std::string::npos);
  return 0;
}
