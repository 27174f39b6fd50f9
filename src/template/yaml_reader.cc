#include "template/yaml_reader.h"

namespace sextant::templates {
namespace {

constexpr std::string_view kShortForms[] = {
    "!Ref",       "!GetAtt",      "!Sub",    "!Join", "!Select", "!Split",
    "!If",        "!Equals",      "!And",    "!Or",   "!Not",    "!Condition",
    "!FindInMap", "!ImportValue", "!Base64", "!Cidr", "!GetAZs", "!Transform"};

constexpr yaml::Dialect kTemplate{
    .noun = "template",
    .when_too_large = "split it into several stacks",
    .when_empty = "it needs at least a Resources section",
    .instead_of_alias = "write the value out, or use a parameter or a mapping",
    .short_forms = kShortForms};

}  // namespace

std::optional<Node> read_yaml(std::string_view text, Diagnostics& diagnostics) {
  return yaml::read(text, kTemplate, [&](Where at, std::string message, std::string hint) {
    diagnostics.add(at, std::move(message), std::move(hint));
  });
}

}  // namespace sextant::templates
