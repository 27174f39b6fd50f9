#include "template/template.h"

#include <algorithm>
#include <set>

#include "template/app_builder.h"
#include "template/evaluator.h"
#include "template/parameters.h"
#include "template/references.h"
#include "template/sections.h"
#include "template/yaml_reader.h"

namespace sextant::templates {
namespace {

// Everything that can be said without values. False: resources need each other in a circle, so that
// names cannot be found.
bool check_references(const Sections& sections, const std::map<std::string, Node>& parameters,
                      Diagnostics& diagnostics) {
  std::set<std::string, std::less<>> names;
  for (const auto& [name, value] : parameters) names.insert(name);
  ReferenceCheck check(std::move(names), sections.mappings, sections.conditions, sections.resources,
                       diagnostics);
  check.check_conditions();
  for (const auto& [id, resource] : sections.resources) check.check_resource(resource);
  if (sections.outputs != nullptr) check.check_outputs(*sections.outputs);
  return check.check_circles();
}

void read_output(const Member& member, Evaluator& evaluator, model::App& app,
                 Diagnostics& diagnostics) {
  const auto* condition = member.value.find("Condition");
  if (condition != nullptr && !evaluator.condition(condition->text)) return;
  Node evaluated = make_node(Node::Kind::Map, member.value.at);
  for (const auto& part : member.value.members) {
    if (part.name != "Condition")
      evaluated.members.push_back({part.name, part.at, evaluator.value(part.value)});
  }
  if (!member.value.is(Node::Kind::Map)) evaluated = member.value;
  Properties output(evaluated, "output '" + member.name + "'", diagnostics);
  output.text("Description");
  output.refuse("Export", "stacks do not import from each other here; remove it");
  if (const auto value = output.required_text("Value")) app.outputs[member.name] = *value;
  output.finish();
}

std::optional<model::App> build_app(const Node& root, const ParseOptions& options,
                                    Diagnostics& diagnostics) {
  const Sections sections = read_sections(root, diagnostics);
  const auto parameters = parameter_values(sections.parameters, options.parameters, diagnostics);
  if (!check_references(sections, parameters, diagnostics)) return std::nullopt;
  const StackNames names{options.scope, options.stack_name, options.stack_id};
  Evaluator evaluator({.names = names,
                       .parameters = parameters,
                       .mappings = sections.mappings,
                       .conditions = sections.conditions,
                       .resources = sections.resources},
                      diagnostics);
  if (sections.conditions != nullptr) {
    for (const auto& member : sections.conditions->members) evaluator.condition(member.name);
  }
  AppBuilder builder(options, names, sections.resources, evaluator, diagnostics);
  for (const auto& [id, resource] : sections.resources) {
    if (evaluator.active(resource)) builder.read(resource);
  }
  auto app = std::move(builder).finish();
  if (sections.outputs != nullptr) {
    for (const auto& member : sections.outputs->members)
      read_output(member, evaluator, app, diagnostics);
  }
  return app;
}

std::vector<std::string> capabilities_of(const Sections& sections) {
  constexpr std::string_view kNameProperties[] = {"RoleName", "ManagedPolicyName"};
  bool iam = false;
  bool named = false;
  for (const auto& [id, resource] : sections.resources) {
    if (resource.type == nullptr) continue;
    iam = iam || resource.type->name.starts_with("AWS::IAM::");
    const auto* properties = resource.properties();
    for (const auto name : kNameProperties)
      named = named || (properties != nullptr && properties->find(name) != nullptr);
  }
  std::vector<std::string> capabilities;
  if (iam) capabilities.emplace_back(named ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM");
  if (!sections.transforms.empty()) capabilities.emplace_back("CAPABILITY_AUTO_EXPAND");
  return capabilities;
}

}  // namespace

Parsed parse_template(std::string_view text, const ParseOptions& options) {
  Diagnostics diagnostics(options.file_name);
  std::optional<model::App> app;
  if (const auto root = read_yaml(text, diagnostics)) app = build_app(*root, options, diagnostics);
  if (!diagnostics.empty() || !app) return std::unexpected(std::move(diagnostics).take());
  return std::move(*app);
}

std::expected<Summary, std::vector<Diagnostic>> summarize(std::string_view text,
                                                          std::string file_name) {
  Diagnostics diagnostics(std::move(file_name));
  Summary summary;
  if (const auto root = read_yaml(text, diagnostics)) {
    const Sections sections = read_sections(*root, diagnostics);
    summary.description = sections.description;
    summary.parameters = read_parameters(sections.parameters, diagnostics);
    summary.transforms = sections.transforms;
    summary.capabilities = capabilities_of(sections);
    std::set<std::string> types;
    for (const auto& [id, resource] : sections.resources) {
      if (resource.type != nullptr && !resource.implied) types.emplace(resource.type->name);
    }
    summary.resource_types = {types.begin(), types.end()};
    std::map<std::string, Node> names;
    for (const auto& parameter : summary.parameters) names[parameter.name] = {};
    check_references(sections, names, diagnostics);
  }
  if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics).take());
  return summary;
}

}  // namespace sextant::templates
