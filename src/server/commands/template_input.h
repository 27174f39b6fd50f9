#pragma once
// Templates as commands read them, without a node: as a stack called "check".
#include <string>
#include <vector>

#include "core/id.h"
#include "template/template.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace sextant::server {

struct TemplateInput {
  std::vector<std::string> parameters;  // Name=Value
  std::string account = "000000000000";
  std::string region = "us-east-1";
  Scope scope() const { return {AccountId(account), Region(region)}; }
};
void add_template_options(CLI::App& command, TemplateInput& input);
// Parses a template that is deployed as stack "check"; `options` says what to look at.
templates::Parsed parse_template_file(const std::string& file, const std::string& text,
                                      const TemplateInput& input, templates::ParseOptions options);

}  // namespace sextant::server
