#pragma once
// What the template tests share: options as a node gives them, and findings as text.
#include <string>
#include <string_view>

#include "template/template.h"

namespace sextant::templates {

inline ParseOptions test_options() {
  ParseOptions options;
  options.scope = {AccountId("000000000000"), Region("us-east-1")};
  options.stack_name = "demo";
  options.known_functions = {"parsers.alb", "enrichers.geoip", "lake.land"};
  options.check_handler = [](std::string_view handler) -> Result<> {
    if (!handler.starts_with("parsers."))
      return fail(Code::Invalid, "the first stage must take text");
    return {};
  };
  options.file_name = "t.yaml";
  return options;
}

// The findings, one a line; "" when the template is fine.
inline std::string findings(std::string_view text, const ParseOptions& options = test_options()) {
  const auto parsed = parse_template(text, options);
  return parsed ? std::string{} : to_text(parsed.error());
}

}  // namespace sextant::templates
