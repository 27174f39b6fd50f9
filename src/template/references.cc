#include "template/references.h"

#include <algorithm>
#include <array>

#include "core/suggest.h"
#include "template/intrinsics.h"

namespace sextant::templates {
namespace {

using Kind = Node::Kind;

// The functions there are, how many arguments, and where they may stand.
struct Form {
  std::string_view name;
  std::size_t arguments_min = 0;  // 0: one value, not a list
  std::size_t arguments_max = 0;
  bool condition = false;  // gives true or false; stands below Conditions only
  std::string_view usage = {};
};
constexpr std::array kForms = {
    Form{"Fn::GetAtt", 0, 0, false, "!GetAtt LogicalId.Attribute"},
    Form{"Fn::Sub", 0, 0, false, "!Sub 'text ${Name}' or !Sub ['text ${Name}', {Name: value}]"},
    Form{"Fn::Join", 2, 2, false, "!Join ['delimiter', [values]]"},
    Form{"Fn::Select", 2, 2, false, "!Select [index, [values]]"},
    Form{"Fn::Split", 2, 2, false, "!Split ['delimiter', text]"},
    Form{"Fn::If", 3, 3, false, "!If [Condition, value if true, value if false]"},
    Form{"Fn::FindInMap", 3, 3, false, "!FindInMap [Map, first key, second key]"},
    Form{"Fn::Base64", 0, 0, false, "!Base64 text"},
    Form{"Fn::Equals", 2, 2, true, "!Equals [one, other]"},
    Form{"Fn::And", 2, 10, true, "!And [2 to 10 conditions]"},
    Form{"Fn::Or", 2, 10, true, "!Or [2 to 10 conditions]"},
    Form{"Fn::Not", 1, 1, true, "!Not [condition]"},
};

// Functions of AWS that are refused, each with the reason.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kRefused = {{
    {"Fn::ImportValue", "stacks do not import from each other here; pass the value as a parameter"},
    {"Fn::GetAZs", "there are no availability zones here"},
    {"Fn::Cidr", "there are no networks here; write the ranges out"},
    {"Fn::Transform", "macros do not run here; write their result out"},
    {"Fn::ToJsonString", "write the JSON text out, with !Sub where it has variables"},
    {"Fn::Length", "write the number out"},
    {"Fn::GetStackOutput", "pass the value as a parameter"},
}};

const Form* find_form(std::string_view name) {
  const auto* form = std::ranges::find(kForms, name, &Form::name);
  return form == kForms.end() ? nullptr : form;
}

bool logic(std::string_view name) {
  return name == "Fn::And" || name == "Fn::Or" || name == "Fn::Not";
}

}  // namespace

ReferenceCheck::ReferenceCheck(std::set<std::string, std::less<>> parameters, const Node* mappings,
                               const Node* conditions, const Resources& resources,
                               Diagnostics& diagnostics)
    : parameters_(std::move(parameters)),
      mappings_(mappings),
      conditions_(conditions),
      resources_(resources),
      diagnostics_(diagnostics) {}

void ReferenceCheck::check_conditions() {
  if (conditions_ == nullptr) return;
  place_ = Place::Conditions;
  for (const auto& member : conditions_->members) {
    const auto* intrinsic = intrinsic_of(member.value);
    const auto* form = intrinsic == nullptr ? nullptr : find_form(intrinsic->name);
    const bool fine = intrinsic != nullptr &&
                      (intrinsic->name == "Condition" || (form != nullptr && form->condition));
    if (fine || member.value.is(Kind::Broken)) {
      check(member.value);
    } else {
      diagnostics_.add(member.value.at, "condition '" + member.name + "' is no condition",
                       "begin it with !Equals, !And, !Or, !Not or !Condition");
    }
  }
  place_ = Place::Values;
}

void ReferenceCheck::check_resource(const Resource& resource) {
  current_ = resource.logical_id;
  if (const auto* properties = resource.properties()) check(*properties);
  if (const auto* depends_on = resource.body.find("DependsOn")) check_depends_on(*depends_on);
  if (const auto* condition = resource.body.find("Condition")) check_condition_name(*condition);
  current_.clear();
}

void ReferenceCheck::check_outputs(const Node& outputs) {
  for (const auto& output : outputs.members) {
    for (const auto& member : output.value.members) {
      if (member.name == "Condition") {
        check_condition_name(member.value);
      } else {
        check(member.value);
      }
    }
  }
}

void ReferenceCheck::check(const Node& node) {
  if (node.is(Kind::Null)) {
    diagnostics_.add(node.at, "null has no meaning in a template",
                     "give a value, or leave the property out");
  } else if (const auto* intrinsic = intrinsic_of(node)) {
    check_intrinsic(*intrinsic, node.at);
  } else if (node.is(Kind::Map)) {
    check_members(node);
  } else {
    for (const auto& item : node.items) check(item);
  }
}

void ReferenceCheck::check_members(const Node& node) {
  for (const auto& member : node.members) {
    if (member.name.starts_with("Fn::") || member.name == "Ref") {
      diagnostics_.add(member.at, "'" + member.name + "' stands beside other keys",
                       "a function must be the only key of its map");
      continue;
    }
    check(member.value);
  }
}

void ReferenceCheck::check_intrinsic(const Member& intrinsic, Where at) {
  const auto& name = intrinsic.name;
  if (name == "Ref") return check_ref(intrinsic.value);
  if (name == "Condition") {
    if (place_ == Place::Conditions) return check_condition_name(intrinsic.value);
    return;  // an ordinary map with one key of that name
  }
  const auto refused = std::ranges::find(kRefused, name, [](const auto& row) { return row.first; });
  if (refused != kRefused.end()) {
    diagnostics_.add(at, "'" + name + "' is not supported", std::string(refused->second));
    return;
  }
  if (!check_form(intrinsic)) return;
  const auto& argument = intrinsic.value;
  if (name == "Fn::GetAtt") return check_get_att(argument);
  if (name == "Fn::Sub") return check_sub(argument);
  if (name == "Fn::FindInMap") check_find_in_map(argument);
  if (name == "Fn::If") check_condition_name(argument.items[0]);
  if (argument.is(Kind::List)) {
    const auto skip = static_cast<std::ptrdiff_t>(name == "Fn::If" ? 1 : 0);
    std::ranges::for_each(argument.items.begin() + skip, argument.items.end(),
                          [&](const Node& item) { check(item); });
  } else {
    check(argument);
  }
}

// Reports and returns false when the function is unknown, out of place, or has the wrong arguments.
bool ReferenceCheck::check_form(const Member& intrinsic) {
  const auto& [name, at, argument] = intrinsic;
  const auto* form = find_form(name);
  if (form == nullptr) {
    std::vector<std::string_view> known;
    for (const auto& row : kForms) known.push_back(row.name);
    diagnostics_.add(at, "unknown function '" + name + "'", did_you_mean(name, known));
    return false;
  }
  const std::string usage = "write " + std::string(form->usage);
  if (form->condition && place_ == Place::Values) {
    diagnostics_.add(at, "'" + name + "' stands outside Conditions",
                     "give the condition a name there, and use !If [Name, …] here");
    return false;
  }
  if (argument.is(Kind::Broken)) return false;
  const bool counted = form->arguments_min == 0 ||
                       (argument.is(Kind::List) && argument.items.size() >= form->arguments_min &&
                        argument.items.size() <= form->arguments_max);
  if (!counted) {
    diagnostics_.add(at, "'" + name + "' has the wrong arguments", usage);
    return false;
  }
  if (!logic(name)) return true;
  for (const auto& item : argument.items) {
    const auto* inner = intrinsic_of(item);
    if (inner != nullptr && (inner->name == "Condition" || find_form(inner->name) != nullptr))
      continue;
    diagnostics_.add(item.at, "'" + name + "' takes conditions", usage);
    return false;
  }
  return true;
}

void ReferenceCheck::check_ref(const Node& argument) {
  if (argument.is(Kind::Broken)) return;
  if (!argument.is(Kind::Scalar)) {
    diagnostics_.add(argument.at, "'Ref' takes a name", "write !Ref Name");
    return;
  }
  check_name(argument.text, argument.at);
}

// A parameter, a pseudo parameter or a resource.
void ReferenceCheck::check_name(std::string_view name, Where at) {
  if (parameters_.contains(name)) return;
  if (std::ranges::find(kPseudoParameters, name) != std::end(kPseudoParameters)) return;
  if (place_ == Place::Values && resources_.contains(name)) {
    if (!current_.empty()) edges_[current_].push_back({std::string(name), at});
    return;
  }
  std::vector<std::string_view> known(parameters_.begin(), parameters_.end());
  known.insert(known.end(), std::begin(kPseudoParameters), std::end(kPseudoParameters));
  if (place_ == Place::Values) {
    for (const auto& [logical_id, resource] : resources_) known.push_back(logical_id);
  }
  const bool is_resource = resources_.contains(name);
  diagnostics_.add(at,
                   is_resource ? "a condition cannot depend on resource '" + std::string(name) + "'"
                               : "nothing is named '" + std::string(name) + "'",
                   is_resource ? "conditions see parameters only" : did_you_mean(name, known));
}

void ReferenceCheck::check_get_att(const Node& argument) {
  const auto name = attribute_name(argument);
  if (name) return check_attribute(name->resource, name->attribute, argument.at);
  diagnostics_.add(argument.at, "'Fn::GetAtt' takes a resource and an attribute",
                   "write !GetAtt LogicalId.Attribute");
}

const Resource* ReferenceCheck::find_resource(std::string_view logical_id, Where at) {
  const auto found = resources_.find(logical_id);
  if (found != resources_.end()) {
    if (!current_.empty()) edges_[current_].push_back({std::string(logical_id), at});
    return &found->second;
  }
  std::vector<std::string_view> known;
  for (const auto& [id, resource] : resources_) known.push_back(id);
  diagnostics_.add(at, "no resource is named '" + std::string(logical_id) + "'",
                   did_you_mean(logical_id, known));
  return nullptr;
}

void ReferenceCheck::check_attribute(std::string_view resource, std::string_view attribute,
                                     Where at) {
  if (place_ == Place::Conditions) {
    diagnostics_.add(at, "a condition cannot depend on a resource",
                     "conditions see parameters only");
    return;
  }
  const auto* found = find_resource(resource, at);
  if (found == nullptr || found->type == nullptr || found->type->attribute == attribute) return;
  const auto& type = *found->type;
  diagnostics_.add(at,
                   std::string(type.name) + " '" + std::string(resource) + "' has no attribute '" +
                       std::string(attribute) + "'",
                   type.attribute.empty() ? "it has none; use !Ref"
                                          : "it has '" + std::string(type.attribute) + "'");
}

void ReferenceCheck::check_sub(const Node& argument) {
  if (argument.is(Kind::Scalar)) return check_sub_text(argument, {});
  const bool pair = argument.is(Kind::List) && argument.items.size() == 2 &&
                    argument.items[0].is(Kind::Scalar) && argument.items[1].is(Kind::Map);
  if (!pair) {
    diagnostics_.add(argument.at, "'Fn::Sub' has the wrong arguments",
                     "write " + std::string(find_form("Fn::Sub")->usage));
    return;
  }
  Locals locals;
  for (const auto& member : argument.items[1].members) {
    locals.insert(member.name);
    check(member.value);
  }
  check_sub_text(argument.items[0], locals);
}

void ReferenceCheck::check_sub_text(const Node& text, const Locals& locals) {
  const auto parts = parse_sub(text.text);
  if (!parts) {
    diagnostics_.add(text.at, "a '${…}' of this text is not closed or holds no name",
                     "write ${Name}; a literal ${x} is written ${!x}");
    return;
  }
  for (const auto& part : *parts) {
    if (!part.variable || locals.contains(part.text)) continue;
    const auto attribute = attribute_name(part.text);
    if (attribute) {
      check_attribute(attribute->resource, attribute->attribute, text.at);
    } else {
      check_name(part.text, text.at);
    }
  }
}

void ReferenceCheck::check_find_in_map(const Node& argument) {
  const auto& name = argument.items[0];
  if (!name.is(Kind::Scalar)) return;
  if (mappings_ != nullptr && mappings_->find(name.text) != nullptr) return;
  std::vector<std::string_view> known;
  if (mappings_ != nullptr) {
    for (const auto& member : mappings_->members) known.push_back(member.name);
  }
  diagnostics_.add(name.at, "no mapping is named '" + name.text + "'",
                   did_you_mean(name.text, known));
}

void ReferenceCheck::check_condition_name(const Node& name) {
  if (name.is(Kind::Broken)) return;
  const bool known =
      name.is(Kind::Scalar) && conditions_ != nullptr && conditions_->find(name.text) != nullptr;
  if (known) return;
  std::vector<std::string_view> names;
  if (conditions_ != nullptr) {
    for (const auto& member : conditions_->members) names.push_back(member.name);
  }
  diagnostics_.add(name.at,
                   name.is(Kind::Scalar) ? "no condition is named '" + name.text + "'"
                                         : "the name of a condition must stand here",
                   did_you_mean(name.text, names));
}

void ReferenceCheck::check_depends_on(const Node& node) {
  if (node.is(Kind::Scalar)) {
    find_resource(node.text, node.at);
    return;
  }
  for (const auto& item : node.items) {
    if (item.is(Kind::Scalar)) find_resource(item.text, item.at);
  }
  const bool texts = node.is(Kind::List) && std::ranges::all_of(node.items, [](const Node& item) {
                       return item.is(Kind::Scalar);
                     });
  if (!texts && !node.is(Kind::Broken))
    diagnostics_.add(node.at, "'DependsOn' takes a logical id or a list of them");
}

bool ReferenceCheck::check_circles() {
  std::map<std::string, int> state;  // 1: on the path, 2: done
  for (const auto& [from, edges] : edges_) {
    std::vector<std::string> path;
    visit_circle(from, path, state);
  }
  return !circles_;
}

void ReferenceCheck::visit_circle(const std::string& from, std::vector<std::string>& path,
                                  std::map<std::string, int>& state) {
  if (state[from] != 0) return;
  state[from] = 1;
  path.push_back(from);
  for (const auto& edge : edges_[from]) {
    if (state[edge.to] == 1) {
      circles_ = true;
      std::string circle;
      for (auto step = std::ranges::find(path, edge.to); step != path.end(); ++step)
        circle += *step + " → ";
      diagnostics_.add(edge.at, "resources need each other in a circle: " + circle + edge.to,
                       "break it, e.g. with an AWS::IAM::Policy of its own, or a name given by a "
                       "parameter");
    } else {
      visit_circle(edge.to, path, state);
    }
  }
  path.pop_back();
  state[from] = 2;
}

}  // namespace sextant::templates
