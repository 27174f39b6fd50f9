// An ARN with wildcards against an ARN: a pattern without any matches itself, the star matches all,
// and matching ends. Input: the pattern, a newline, the ARN.
// links: guard
#include "guard/iam/arn_pattern.h"

#include "tests/fuzz/fuzz_input.h"

using namespace sextant;
using namespace sextant::guard::iam;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::as_text(data, size);
  const auto pattern_text = fuzz::take_until(rest, '\n');
  sdk::Call call;
  call.resource = std::string(rest);
  call.context = {{"k:x", {"a*"}}};
  const RequestView request(call);
  std::array<std::string_view, 6> parts;
  const bool is_arn = split_arn(call.resource, parts);
  using enum ArnPattern::Variables;
  for (const auto variables : {None, LastPart, Everywhere}) {
    const auto pattern = ArnPattern::parse(pattern_text, variables);
    if (!pattern) continue;
    const bool matches = pattern->matches(call.resource, request.resource_parts(), request);
    SX_CHECK(matches || !pattern->matches_everything());
    const bool plain = pattern_text.find_first_of("*?$") == std::string_view::npos;
    if (plain) SX_CHECK(matches == (is_arn && pattern_text == call.resource));
  }
  SX_CHECK(make_pattern(pattern_text).matches(pattern_text));
  return 0;
}
