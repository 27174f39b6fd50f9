#include "template/parameters.h"

#include <re2/re2.h>

#include <algorithm>

#include "core/suggest.h"
#include "template/properties.h"

namespace sextant::templates {
namespace {

using Kind = Node::Kind;

constexpr int kAnyNumber = 1'000'000'000;
constexpr int kPatternBytesMax = 1024;
constexpr std::size_t kValueBytesMax = 4096;  // CloudFormation's

const std::vector<std::string_view> kTypes = {"String", "Number", "CommaDelimitedList",
                                              "List<Number>"};

// A declaration with its constraints.
struct Declared {
  ParameterDeclaration declaration;
  Where at;
  std::vector<std::string> allowed_values = {};
  std::optional<std::string> pattern = std::nullopt;
  std::optional<int> length_min = std::nullopt;
  std::optional<int> length_max = std::nullopt;
  std::optional<int> value_min = std::nullopt;
  std::optional<int> value_max = std::nullopt;
  std::string constraint = {};  // ConstraintDescription: the author's own words
};

bool is_list(const Declared& declared) {
  return declared.declaration.type == "CommaDelimitedList" ||
         declared.declaration.type == "List<Number>";
}
bool is_number(const Declared& declared) {
  return declared.declaration.type == "Number" || declared.declaration.type == "List<Number>";
}

void read_type(Properties& properties, Declared& declared) {
  const auto type = properties.required_text("Type");
  declared.declaration.type = type.value_or("String");
  const auto& known = kTypes;
  if (std::ranges::find(known, declared.declaration.type) != known.end()) return;
  std::string hint = did_you_mean(declared.declaration.type, known);
  if (hint.empty()) hint = "use " + one_of(known);
  properties.report("Type", "unknown parameter type '" + declared.declaration.type + "'", hint);
  declared.declaration.type = "String";
}

void read_pattern(Properties& properties, Declared& declared) {
  declared.pattern = properties.text("AllowedPattern");
  if (!declared.pattern) return;
  const RE2 pattern(*declared.pattern, RE2::Quiet);
  if (pattern.ok() && declared.pattern->size() <= kPatternBytesMax) return;
  properties.report(
      "AllowedPattern", "'AllowedPattern' is no pattern that can be used",
      pattern.ok() ? "make it shorter than 1 KiB" : pattern.error() + "; write it in RE2's syntax");
  declared.pattern = std::nullopt;
}

Declared read_declaration(const Member& member, Diagnostics& diagnostics) {
  Properties properties(member.value, "parameter '" + member.name + "'", diagnostics);
  Declared declared{.declaration = {.name = member.name, .type = "String"}, .at = member.at};
  read_type(properties, declared);
  if (const auto* node = properties.scalar("Default")) declared.declaration.otherwise = node->text;
  declared.declaration.no_echo = properties.boolean("NoEcho").value_or(false);
  declared.declaration.description = properties.text("Description").value_or("");
  declared.constraint = properties.text("ConstraintDescription").value_or("");
  declared.allowed_values = properties.texts("AllowedValues");
  read_pattern(properties, declared);
  declared.length_min = properties.number("MinLength", 0, kAnyNumber);
  declared.length_max = properties.number("MaxLength", 0, kAnyNumber);
  declared.value_min = properties.number("MinValue", -kAnyNumber, kAnyNumber);
  declared.value_max = properties.number("MaxValue", -kAnyNumber, kAnyNumber);
  properties.finish();
  return declared;
}

std::vector<Declared> read_section(const Node* section, Diagnostics& diagnostics) {
  std::vector<Declared> all;
  if (section == nullptr) return all;
  if (!section->is(Kind::Map)) {
    diagnostics.add(section->at, "Parameters must be a map of names", "see the SAM specification");
    return all;
  }
  for (const auto& member : section->members) all.push_back(read_declaration(member, diagnostics));
  return all;
}

bool number_fits(const Declared& declared, const std::string& text) {
  const auto node = scalar({}, text);
  const auto value = whole_number(node);
  if (!value) {  // a fraction is a number too; it has no bounds to check here
    static const RE2 kNumber(R"([-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?)");
    return RE2::FullMatch(text, kNumber) && !declared.value_min && !declared.value_max;
  }
  return (!declared.value_min || *value >= *declared.value_min) &&
         (!declared.value_max || *value <= *declared.value_max);
}

// Why a value may not be; "" when it may.
std::string value_problem(const Declared& declared, const std::string& value) {
  if (value.size() > kValueBytesMax) return "must have at most 4,096 bytes";
  const auto& allowed = declared.allowed_values;
  if (!allowed.empty() && std::ranges::find(allowed, value) == allowed.end()) {
    return "must be one of " + one_of({allowed.begin(), allowed.end()});
  }
  if (is_number(declared)) {
    return number_fits(declared, value) ? "" : "must be a number within MinValue and MaxValue";
  }
  if (declared.pattern && !RE2::FullMatch(value, RE2(*declared.pattern))) {
    return "must match the pattern " + *declared.pattern;
  }
  const auto length = static_cast<long long>(value.size());
  if (declared.length_min && length < *declared.length_min)
    return "must have at least " + std::to_string(*declared.length_min) + " characters";
  if (declared.length_max && length > *declared.length_max)
    return "must have at most " + std::to_string(*declared.length_max) + " characters";
  return "";
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> items;
  std::size_t begin = 0;
  while (begin <= text.size() && !text.empty()) {
    const auto comma = std::min(text.find(',', begin), text.size());
    auto first = text.find_first_not_of(' ', begin);
    first = std::min(first, comma);
    auto last = comma;
    while (last > first && text[last - 1] == ' ') --last;
    items.push_back(text.substr(first, last - first));
    begin = comma + 1;
  }
  return items;
}

void check_value(const Declared& declared, const std::string& value, Diagnostics& diagnostics) {
  const auto problem = value_problem(declared, value);
  if (problem.empty()) return;
  const std::string shown = declared.declaration.no_echo ? "****" : value;
  diagnostics.add(
      declared.at,
      "parameter '" + declared.declaration.name + "' is '" + shown + "', but " + problem,
      declared.constraint);
}

Node value_of(const Declared& declared, const std::string& text, Diagnostics& diagnostics) {
  if (!is_list(declared)) {
    check_value(declared, text, diagnostics);
    return scalar(declared.at, text);
  }
  Node list = make_node(Kind::List, declared.at);
  for (auto& item : split_list(text)) {
    check_value(declared, item, diagnostics);
    list.items.push_back(scalar(declared.at, std::move(item)));
  }
  return list;
}

void report_undeclared(const std::map<std::string, std::string>& given,
                       const std::vector<Declared>& declared, Diagnostics& diagnostics) {
  std::vector<std::string_view> names;
  for (const auto& parameter : declared) names.push_back(parameter.declaration.name);
  for (const auto& [name, value] : given) {
    if (std::ranges::find(names, name) != names.end()) continue;
    diagnostics.add({}, "parameter '" + name + "' is given, but the template has none of that name",
                    did_you_mean(name, names));
  }
}

}  // namespace

std::vector<ParameterDeclaration> read_parameters(const Node* section, Diagnostics& diagnostics) {
  std::vector<ParameterDeclaration> declarations;
  for (auto& declared : read_section(section, diagnostics))
    declarations.push_back(std::move(declared.declaration));
  return declarations;
}

std::map<std::string, Node> parameter_values(const Node* section,
                                             const std::map<std::string, std::string>& given,
                                             Diagnostics& diagnostics) {
  std::map<std::string, Node> values;
  const auto all = read_section(section, diagnostics);
  for (const auto& declared : all) {
    const auto& name = declared.declaration.name;
    const auto found = given.find(name);
    if (found != given.end()) {
      values[name] = value_of(declared, found->second, diagnostics);
    } else if (declared.declaration.otherwise) {
      values[name] = value_of(declared, *declared.declaration.otherwise, diagnostics);
    } else {
      diagnostics.add(declared.at, "parameter '" + name + "' has no value",
                      "give one at deploy, or a Default here");
      values[name] = broken(declared.at);
    }
  }
  report_undeclared(given, all, diagnostics);
  return values;
}

}  // namespace sextant::templates
