// The canonical request over any path, query and headers: canonical text is canonical already.
// Input: path, query, then header lines "name:value", one a line.
// links: core
#include "core/sigv4.h"

#include "core/strings.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::as_text(data, size);
  sigv4::SignedRequest request;
  request.method = "GET";
  request.path = fuzz::take_until(rest, '\n');
  request.query = fuzz::take_until(rest, '\n');
  while (!rest.empty()) {
    const std::string name(fuzz::take_until(rest, ':'));
    request.headers.emplace_back(name, fuzz::take_until(rest, '\n'));
  }
  SX_CHECK(!sigv4::canonical_request(request, false).empty());
  const std::string text = sigv4::canonical_request(request, true);
  const auto lines = split(text, '\n');
  SX_CHECK(lines.size() >= 6);
  sigv4::SignedRequest again = request;
  again.path = lines[1];
  again.query = lines[2];
  SX_CHECK(sigv4::canonical_request(again, true) == text);
  return 0;
}
