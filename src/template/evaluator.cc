#include "template/evaluator.h"

#include <algorithm>

#include "core/encoding.h"
#include "core/suggest.h"
#include "template/intrinsics.h"
#include "template/properties.h"

namespace sextant::templates {
namespace {

using Kind = Node::Kind;

constexpr std::size_t kNodeBytes = 64;  // what a value costs beside its text

// What a mapping may hold: a text or a list of texts.
bool literal(const Node& node) {
  return node.is(Kind::Scalar) ||
         (node.is(Kind::List) &&
          std::ranges::all_of(node.items, [](const Node& item) { return item.is(Kind::Scalar); }));
}

const Node* find_path(const Node* node, const std::vector<std::string_view>& path) {
  for (const auto step : path) {
    if (node == nullptr) return nullptr;
    node = node->find(step);
  }
  return node;
}

}  // namespace

bool Evaluator::spend(Where at, std::size_t text_bytes) {
  const bool within = bytes_ <= kValueBytesBudget;
  bytes_ += text_bytes + kNodeBytes;
  if (bytes_ <= kValueBytesBudget) return true;
  if (within) {
    diagnostics_.add(at, "the values of this template grow beyond 32 MiB",
                     "split it into several stacks");
  }
  return false;
}

Node Evaluator::made(Where at, std::string text) {
  return spend(at, text.size()) ? scalar(at, std::move(text)) : broken(at);
}

Node Evaluator::value(const Node& node) {
  if (node.is(Kind::Scalar)) {
    Node copy = made(node.at, node.text);
    copy.quoted = node.quoted;
    return copy;
  }
  if (const auto* member = intrinsic_of(node)) {
    if (member->name != "Condition") return intrinsic(*member, node.at);
  }
  return container(node);
}

Node Evaluator::container(const Node& node) {
  const Kind kind = node.is(Kind::Null) ? Kind::Broken : node.kind;
  Node result = make_node(made(node.at, {}).is(Kind::Broken) ? Kind::Broken : kind, node.at);
  if (result.is(Kind::Broken)) return result;
  for (const auto& item : node.items) {
    Node item_value = value(item);
    if (!item_value.is(Kind::Absent)) result.items.push_back(std::move(item_value));
  }
  for (const auto& member : node.members) {
    Node member_value = value(member.value);
    if (member_value.is(Kind::Absent)) continue;
    result.members.push_back({member.name, member.at, std::move(member_value)});
  }
  return result;
}

Node Evaluator::intrinsic(const Member& member, Where at) {
  using Function = Node (Evaluator::*)(const Node&, Where);
  static constexpr std::pair<std::string_view, Function> kFunctions[] = {
      {"Ref", &Evaluator::ref_argument},  {"Fn::GetAtt", &Evaluator::get_att_argument},
      {"Fn::Sub", &Evaluator::sub},       {"Fn::Join", &Evaluator::join},
      {"Fn::Select", &Evaluator::select}, {"Fn::Split", &Evaluator::split},
      {"Fn::If", &Evaluator::choose},     {"Fn::FindInMap", &Evaluator::find_in_map},
      {"Fn::Base64", &Evaluator::encode},
  };
  for (const auto& [name, function] : kFunctions) {
    if (name == member.name) return (this->*function)(member.value, at);
  }
  return broken(at);
}

Node Evaluator::ref_argument(const Node& argument, Where at) {
  return argument.is(Kind::Scalar) ? ref(argument.text, at) : broken(at);
}

Node Evaluator::get_att_argument(const Node& argument, Where at) {
  const auto attribute = attribute_name(argument);
  return attribute ? get_att(attribute->resource, at) : broken(at);
}

Node Evaluator::choose(const Node& argument, Where at) {
  if (argument.items.size() != 3) return broken(at);
  return value(argument.items[condition(argument.items[0].text) ? 1 : 2]);
}

Node Evaluator::encode(const Node& argument, Where at) {
  const auto plain = text(argument, "Fn::Base64");
  return plain ? made(at, base64(*plain)) : broken(at);
}

Node Evaluator::ref(const std::string& name, Where at) {
  if (const auto parameter = inputs_.parameters.find(name); parameter != inputs_.parameters.end()) {
    Node copy = value(parameter->second);
    copy.at = at;
    return copy;
  }
  if (name.starts_with("AWS::")) return pseudo(name, at);
  const auto resource = inputs_.resources.find(name);
  return resource == inputs_.resources.end() ? broken(at) : resource_ref(resource->second, at);
}

Node Evaluator::pseudo(const std::string& name, Where at) {
  const auto& names = inputs_.names;
  if (name == "AWS::AccountId") return made(at, names.scope.account.text());
  if (name == "AWS::Region") return made(at, names.scope.region.text());
  if (name == "AWS::Partition") return made(at, "aws");
  if (name == "AWS::StackName") return made(at, names.stack);
  if (name == "AWS::URLSuffix") return made(at, "amazonaws.com");
  if (name == "AWS::NoValue") return make_node(Kind::Absent, at);
  if (name == "AWS::StackId" && !names.stack_id.empty()) return made(at, names.stack_id);
  if (name == "AWS::StackId")
    diagnostics_.add(at, "'AWS::StackId' is not known before the stack exists");
  return broken(at);
}

Node Evaluator::resource_ref(const Resource& resource, Where at) {
  if (!active(resource)) {
    diagnostics_.add(at,
                     "'" + resource.logical_id + "' is not made, because condition '" +
                         resource.condition + "' is false",
                     "use !If with the same condition here");
    return broken(at);
  }
  if (resource.type == nullptr) return broken(at);
  std::string id = resource.type->ref_is_arn ? arn_of(resource) : name_of(resource);
  return id.empty() ? broken(at) : made(at, std::move(id));
}

Node Evaluator::get_att(const std::string& logical_id, Where at) {
  const auto found = inputs_.resources.find(logical_id);
  if (found == inputs_.resources.end()) return broken(at);
  const auto& resource = found->second;
  if (!active(resource) || resource.type == nullptr) return resource_ref(resource, at);
  std::string arn = arn_of(resource);
  return arn.empty() ? broken(at) : made(at, std::move(arn));
}

std::string Evaluator::name_of(const Resource& resource) {
  if (const auto known = names_.find(resource.logical_id); known != names_.end())
    return known->second;
  const auto& type = *resource.type;
  std::string name;
  const auto* node =
      type.name_path.empty() ? nullptr : find_path(resource.properties(), type.name_path);
  const Node given = node == nullptr ? make_node(Kind::Absent, {}) : value(*node);
  if (given.is(Kind::Scalar)) {
    name = given.text;
  } else if (given.is(Kind::Absent) && type.naming == Naming::Bucket) {
    name = inputs_.names.generated_bucket(resource.logical_id);
  } else if (given.is(Kind::Absent) && type.naming != Naming::Required) {
    name = inputs_.names.generated(resource.logical_id);
  }
  names_[resource.logical_id] = name;
  return name;
}

std::string Evaluator::arn_of(const Resource& resource) {
  const std::string name = name_of(resource);
  if (resource.type->arn == nullptr || name.empty()) return {};
  std::string path = "/";
  const auto* properties = resource.properties();
  if (const auto* node = properties == nullptr ? nullptr : properties->find("Path")) {
    const Node given = value(*node);
    if (given.is(Kind::Scalar)) path = given.text;
  }
  return resource.type->arn(inputs_.names, path, name);
}

Node Evaluator::sub(const Node& argument, Where at) {
  const bool pair = argument.is(Kind::List);
  if (pair && argument.items.size() != 2) return broken(at);
  const Node& format = pair ? argument.items[0] : argument;
  const auto parts = parse_sub(format.text);
  const auto locals = sub_locals(pair ? &argument.items[1] : nullptr);
  if (!format.is(Kind::Scalar) || !parts || !locals) return broken(at);
  std::string result;
  for (const auto& part : *parts) {
    const Node piece =
        part.variable ? sub_variable(part.text, *locals, format.at) : made(at, part.text);
    if (!piece.is(Kind::Scalar)) return broken(at);
    result += piece.text;
  }
  return made(at, std::move(result));
}

// nullopt: one of them has no text.
std::optional<Evaluator::Locals> Evaluator::sub_locals(const Node* map) {
  Locals locals;
  if (map == nullptr) return locals;
  for (const auto& member : map->members) {
    auto local = text(member.value, "Fn::Sub");
    if (!local) return std::nullopt;
    locals[member.name] = std::move(*local);
  }
  return locals;
}

Node Evaluator::sub_variable(const std::string& name, const Locals& locals, Where at) {
  if (const auto local = locals.find(name); local != locals.end()) return made(at, local->second);
  const auto attribute = attribute_name(name);
  Node variable = attribute ? get_att(attribute->resource, at) : ref(name, at);
  if (variable.is(Kind::List) || variable.is(Kind::Absent)) {
    diagnostics_.add(at, "'${" + name + "}' is no text",
                     "use !Join for lists; AWS::NoValue has no text");
  }
  return variable;
}

std::optional<std::string> Evaluator::text(const Node& node, std::string_view what) {
  Node evaluated = value(node);
  if (evaluated.is(Kind::Scalar)) return std::move(evaluated.text);
  if (!evaluated.is(Kind::Broken))
    diagnostics_.add(node.at, "'" + std::string(what) + "' needs a text here");
  return std::nullopt;
}

Node Evaluator::join(const Node& argument, Where at) {
  if (argument.items.size() != 2) return broken(at);
  const auto delimiter = text(argument.items[0], "Fn::Join");
  const Node list = value(argument.items[1]);
  if (!list.is(Kind::List) && !list.is(Kind::Broken))
    diagnostics_.add(argument.items[1].at, "'Fn::Join' needs a list here");
  if (!delimiter || !list.is(Kind::List)) return broken(at);
  // Its size first: what is joined many times is the delimiter, which counted once.
  std::size_t size = 0;
  for (const auto& item : list.items) {
    if (!item.is(Kind::Scalar)) {
      if (!item.is(Kind::Broken)) diagnostics_.add(item.at, "'Fn::Join' joins texts only");
      return broken(at);
    }
    size += delimiter->size() + item.text.size();
  }
  if (!spend(at, size)) return broken(at);
  std::string result;
  result.reserve(size);
  for (const auto& item : list.items) {
    if (&item != &list.items.front()) result += *delimiter;
    result += item.text;
  }
  return scalar(at, std::move(result));
}

Node Evaluator::select(const Node& argument, Where at) {
  if (argument.items.size() != 2) return broken(at);
  const Node index = value(argument.items[0]);
  Node list = value(argument.items[1]);
  if (index.is(Kind::Broken) || list.is(Kind::Broken)) return broken(at);
  const auto number = whole_number(index);
  if (!number || !list.is(Kind::List)) {
    diagnostics_.add(at, "'Fn::Select' needs an index and a list");
    return broken(at);
  }
  const auto size = static_cast<long long>(list.items.size());
  if (*number < 0 || *number >= size) {
    diagnostics_.add(at,
                     "'Fn::Select' asks for item " + std::to_string(*number) + " of a list of " +
                         std::to_string(size),
                     "the first item is 0");
    return broken(at);
  }
  return std::move(list.items[static_cast<std::size_t>(*number)]);
}

Node Evaluator::split(const Node& argument, Where at) {
  if (argument.items.size() != 2) return broken(at);
  const auto delimiter = text(argument.items[0], "Fn::Split");
  const auto whole = text(argument.items[1], "Fn::Split");
  if (!delimiter || !whole) return broken(at);
  if (delimiter->empty()) {
    diagnostics_.add(at, "'Fn::Split' needs a delimiter");
    return broken(at);
  }
  Node list = make_node(Kind::List, at);
  std::size_t begin = 0;
  for (;;) {
    const auto end = whole->find(*delimiter, begin);
    list.items.push_back(made(at, whole->substr(begin, end - begin)));
    if (end == std::string::npos || list.items.back().is(Kind::Broken)) return list;
    begin = end + delimiter->size();
  }
}

Node Evaluator::find_in_map(const Node& argument, Where at) {
  if (argument.items.size() != 3 || inputs_.mappings == nullptr) return broken(at);
  const Node* found = inputs_.mappings;
  std::string path;
  for (const auto& step : argument.items) {
    const auto key = text(step, "Fn::FindInMap");
    if (!key) return broken(at);
    const Node* next = found->find(*key);
    if (next == nullptr) {
      std::vector<std::string_view> known;
      for (const auto& member : found->members) known.push_back(member.name);
      diagnostics_.add(step.at, "the mapping" + path + " has no key '" + *key + "'",
                       did_you_mean(*key, known));
      return broken(at);
    }
    found = next;
    path += " '" + *key + "'";
  }
  if (!literal(*found)) return broken(at);
  Node copy = value(*found);
  copy.at = at;
  return copy;
}

bool Evaluator::condition(const std::string& name) {
  const auto known = conditions_.find(name);
  if (known != conditions_.end()) {
    if (known->second == State::Evaluating) {
      diagnostics_.add(inputs_.conditions->find(name)->at,
                       "condition '" + name + "' depends on itself", "break the circle");
      known->second = State::False;
    }
    return known->second == State::True;
  }
  const Node* node = inputs_.conditions == nullptr ? nullptr : inputs_.conditions->find(name);
  if (node == nullptr) return false;
  conditions_[name] = State::Evaluating;
  const bool result = truth(*node);
  conditions_[name] = result ? State::True : State::False;
  return result;
}

bool Evaluator::truth(const Node& node) {
  const auto* member = intrinsic_of(node);
  return member != nullptr && truth_of(*member);
}

bool Evaluator::truth_of(const Member& member) {
  const auto& [name, at, argument] = member;
  if (name == "Condition") return condition(argument.text);
  const auto holds = [this](const Node& item) { return truth(item); };
  if (name == "Fn::And") return std::ranges::all_of(argument.items, holds);
  if (name == "Fn::Or") return std::ranges::any_of(argument.items, holds);
  if (name == "Fn::Not") return argument.items.size() == 1 && !truth(argument.items[0]);
  if (name != "Fn::Equals" || argument.items.size() != 2) return false;
  const Node one = value(argument.items[0]);
  const Node other = value(argument.items[1]);
  return one.is(Kind::Scalar) && other.is(Kind::Scalar) && one.text == other.text;
}

}  // namespace sextant::templates
