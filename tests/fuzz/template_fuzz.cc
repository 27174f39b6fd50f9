// SAM and CloudFormation text. Whatever the text: an app that survives its own codec, or findings
// with a message each, none of them beyond the limit.

// links: template
#include "model/codec.h"
#include "template/template.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  templates::ParseOptions options;
  options.scope = {AccountId("000000000000"), Region("us-east-1")};
  options.stack_name = "fuzz";
  options.known_functions = {"parsers.alb", "enrichers.geoip", "lake.land"};
  const auto text = fuzz::as_text(data, size);
  const auto parsed = templates::parse_template(text, options);
  if (parsed) {
    const auto read = model::decode_app(model::encode(*parsed));
    SX_CHECK(read.has_value() && *read == *parsed);
    SX_CHECK(templates::summarize(text).has_value());
    return 0;
  }
  SX_CHECK(!parsed.error().empty() && parsed.error().size() <= templates::Diagnostics::kMax + 1);
  for (const auto& finding : parsed.error()) SX_CHECK(!finding.message.empty());
  (void)templates::summarize(text);
  return 0;
}
