#include "server/commands/template_input.h"

#include <CLI/CLI.hpp>
#include <utility>

namespace sextant::server {

void add_template_options(CLI::App& command, TemplateInput& input) {
  command
      .add_option("--parameter", input.parameters, "Name=Value of a template parameter; may repeat")
      ->allow_extra_args(false)  // one each: the files may follow
      ->check(
          [](const std::string& text) { return text.contains('=') ? "" : "must be Name=Value"; });
  command.add_option("--account", input.account, "Account that the calls are made in")
      ->capture_default_str();
  command.add_option("--region", input.region, "Region that the calls are made in")
      ->capture_default_str();
}

templates::Parsed parse_template_file(const std::string& file, const std::string& text,
                                      const TemplateInput& input, templates::ParseOptions options) {
  options.scope = input.scope();
  options.stack_name = "check";
  options.stack_id = "arn:aws:cloudformation:" + input.region + ":" + input.account +
                     ":stack/check/00000000-0000-0000-0000-000000000000";
  options.file_name = file;
  for (const auto& parameter : input.parameters) {
    const auto equals = parameter.find('=');
    options.parameters[parameter.substr(0, equals)] = parameter.substr(equals + 1);
  }
  return templates::parse_template(text, options);
}

}  // namespace sextant::server
