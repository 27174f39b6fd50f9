#include "template/sections.h"

#include <algorithm>

#include "core/suggest.h"
#include "template/function_role.h"
#include "template/globals.h"
#include "template/properties.h"

namespace sextant::templates {
namespace {

using Kind = Node::Kind;

constexpr std::string_view kSam = "AWS::Serverless-2016-10-31";

bool valid_logical_id(std::string_view id) {
  return !id.empty() && id.size() <= 255 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

void check_ids(const Node* section, std::string_view what, Diagnostics& diagnostics) {
  if (section == nullptr) return;
  for (const auto& member : section->members) {
    if (valid_logical_id(member.name)) continue;
    diagnostics.add(member.at, "'" + member.name + "' cannot name " + std::string(what),
                    "use letters and digits only");
  }
}

void read_transforms(Properties& top, Sections& sections) {
  sections.transforms = top.texts_or_text("Transform");
  for (const auto& transform : sections.transforms) {
    if (transform == kSam) continue;
    std::string hint = did_you_mean(transform, {kSam});
    if (hint.empty()) hint = "the one there is, is " + std::string(kSam);
    top.report("Transform", "there is no transform '" + transform + "'", std::move(hint));
  }
}

bool is_literal(const Node& node) {
  return node.is(Kind::Scalar) || node.is(Kind::Broken) ||
         (node.is(Kind::List) &&
          std::ranges::all_of(node.items, [](const Node& item) { return item.is(Kind::Scalar); }));
}

void check_mapping(const Node& mapping, Diagnostics& diagnostics) {
  bool nested = mapping.is(Kind::Map);
  for (const auto& first : mapping.members) {
    nested = nested && first.value.is(Kind::Map);
    for (const auto& second : first.value.members) {
      if (is_literal(second.value)) continue;
      diagnostics.add(second.value.at, "a mapping holds texts and lists of texts only",
                      "functions have no place here");
    }
  }
  if (!nested) diagnostics.add(mapping.at, "a mapping has two levels of keys");
}

const ResourceType* known_type(const Member& member, const std::string& type, Where at,
                               const Sections& sections, Diagnostics& diagnostics) {
  const auto* found = find_resource_type(type);
  if (found == nullptr) {
    std::vector<std::string_view> names;
    for (const auto& row : resource_types()) names.push_back(row.name);
    std::string hint = did_you_mean(type, names);
    if (hint.empty()) hint = "known: " + listed(names);
    diagnostics.add(at, "resource '" + member.name + "' has unknown type '" + type + "'", hint);
    return nullptr;
  }
  const bool sam = type.starts_with("AWS::Serverless::");
  if (sam && std::ranges::find(sections.transforms, kSam) == sections.transforms.end()) {
    diagnostics.add(at, "'" + type + "' needs SAM's transform",
                    "add 'Transform: " + std::string(kSam) + "' at the top");
  }
  return found;
}

void read_deletion_policy(Properties& attributes, Resource& resource) {
  for (const auto* name : {"DeletionPolicy", "UpdateReplacePolicy"}) {
    const auto policy = attributes.text(name);
    if (!policy || *policy == "Delete") continue;
    const bool retained = *policy == "Retain" || *policy == "RetainExceptOnCreate";
    const bool possible = resource.type == nullptr || resource.type->can_be_retained;
    if (!retained) {
      attributes.report(name,
                        "'" + std::string(name) + "' is Delete or Retain, not '" + *policy + "'");
    } else if (!possible) {
      attributes.report(name, "only buckets and tables can be retained", "remove it");
    } else if (std::string_view(name) == "DeletionPolicy") {
      resource.retained = true;
    }
  }
}

void read_resource(const Member& member, Sections& sections, Diagnostics& diagnostics) {
  Resource resource{.logical_id = member.name, .at = member.at, .body = member.value};
  Properties attributes(member.value, "resource '" + member.name + "'", diagnostics);
  const auto type = attributes.required_text("Type");
  if (type) {
    resource.type = known_type(member, *type, attributes.where("Type"), sections, diagnostics);
  }
  attributes.any("Properties");
  attributes.any("DependsOn");
  attributes.any("Metadata");
  resource.condition = attributes.text("Condition").value_or("");
  read_deletion_policy(attributes, resource);
  attributes.refuse("CreationPolicy", "resources are made at once");
  attributes.refuse("UpdatePolicy", "resources are replaced at once");
  attributes.finish();
  sections.resources.emplace(member.name, std::move(resource));
}

// The role of a function that names none, so that !GetAtt FunctionRole.Arn finds it.
void add_implied_roles(Sections& sections, Diagnostics& diagnostics) {
  std::vector<Resource> roles;
  for (const auto& [id, resource] : sections.resources) {
    if (resource.type == nullptr || resource.type->name != "AWS::Serverless::Function") continue;
    const auto* properties = resource.properties();
    if (properties != nullptr && properties->find("Role") != nullptr) continue;
    roles.push_back({.logical_id = implied_role_id(id),
                     .at = resource.at,
                     .type = find_resource_type("AWS::IAM::Role"),
                     .body = make_node(Kind::Map, resource.at),
                     .condition = resource.condition,
                     .implied = true});
  }
  for (auto& role : roles) {
    const auto [taken, added] = sections.resources.try_emplace(role.logical_id, role);
    if (added) continue;
    diagnostics.add(
        taken->second.at,
        "'" + role.logical_id + "' is what the role of a function without 'Role' is called",
        "give the function 'Role', or this resource another name");
  }
}

void read_resources(Properties& top, Sections& sections, Diagnostics& diagnostics) {
  top.require("Resources");
  const auto* node = top.map("Resources");
  if (node == nullptr) return;
  if (node->members.empty()) diagnostics.add(node->at, "the template has no resources");
  if (node->members.size() > kResourcesMax) {
    diagnostics.add(node->at, "the template has more than 500 resources",
                    "split it into several stacks");
    return;
  }
  check_ids(node, "a resource", diagnostics);
  for (const auto& member : node->members) read_resource(member, sections, diagnostics);
}

}  // namespace

Sections read_sections(const Node& root, Diagnostics& diagnostics) {
  Sections sections;
  Properties top(root, "the template", diagnostics);
  const auto version = top.text("AWSTemplateFormatVersion");
  if (version && *version != "2010-09-09") {
    top.report("AWSTemplateFormatVersion", "there is no template format '" + *version + "'",
               "use \"2010-09-09\"");
  }
  sections.description = top.text("Description").value_or("");
  top.any("Metadata");
  read_transforms(top, sections);
  sections.parameters = top.map("Parameters");
  sections.mappings = top.map("Mappings");
  sections.conditions = top.map("Conditions");
  sections.outputs = top.map("Outputs");
  top.refuse("Rules", "use AllowedValues and AllowedPattern of the parameters");
  top.refuse("Hooks", "a deploy happens in one commit");
  check_ids(sections.parameters, "a parameter", diagnostics);
  check_ids(sections.conditions, "a condition", diagnostics);
  check_ids(sections.outputs, "an output", diagnostics);
  if (sections.mappings != nullptr) {
    for (const auto& mapping : sections.mappings->members)
      check_mapping(mapping.value, diagnostics);
  }
  read_resources(top, sections, diagnostics);
  if (const auto* globals = top.map("Globals"))
    merge_globals(*globals, sections.resources, diagnostics);
  top.finish();
  add_implied_roles(sections, diagnostics);
  return sections;
}

}  // namespace sextant::templates
