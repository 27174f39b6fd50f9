#pragma once
// Gives every intrinsic its value, once ReferenceCheck has passed the template. What cannot be
// evaluated is reported here only where it depends on values; the rest comes back Broken in
// silence, since the check has said it.
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "template/names.h"
#include "template/node.h"
#include "template/resource.h"

namespace sextant::templates {

// Text that an evaluation may produce in all: a small template cannot grow without bound.
inline constexpr std::size_t kValueBytesBudget = 32 * 1024 * 1024;

struct Inputs {
  const StackNames& names;
  const std::map<std::string, Node>& parameters;
  const Node* mappings = nullptr;
  const Node* conditions = nullptr;
  const Resources& resources;
};

class Evaluator {
 public:
  Evaluator(Inputs inputs, Diagnostics& diagnostics) : inputs_(inputs), diagnostics_(diagnostics) {}

  // The node with all intrinsics replaced; what is AWS::NoValue is left out of maps and lists.
  Node value(const Node& node);
  bool condition(const std::string& name);
  bool active(const Resource& resource) {
    return resource.condition.empty() || condition(resource.condition);
  }

  // The name and the ARN that a resource has. Broken values give "".
  std::string name_of(const Resource& resource);
  std::string arn_of(const Resource& resource);

 private:
  enum class State { Evaluating, False, True };
  using Locals = std::map<std::string, std::string>;

  Node intrinsic(const Member& member, Where at);
  Node container(const Node& node);
  Node ref(const std::string& name, Where at);
  Node pseudo(const std::string& name, Where at);
  Node resource_ref(const Resource& resource, Where at);
  Node get_att(const std::string& logical_id, Where at);
  Node ref_argument(const Node& argument, Where at);
  Node get_att_argument(const Node& argument, Where at);
  Node choose(const Node& argument, Where at);
  Node encode(const Node& argument, Where at);
  Node sub(const Node& argument, Where at);
  std::optional<Locals> sub_locals(const Node* map);
  Node sub_variable(const std::string& name, const Locals& locals, Where at);
  Node join(const Node& argument, Where at);
  Node select(const Node& argument, Where at);
  Node split(const Node& argument, Where at);
  Node find_in_map(const Node& argument, Where at);
  bool truth(const Node& node);
  bool truth_of(const Member& member);
  // The scalar's text; nullopt (reported unless Broken) when it is none.
  std::optional<std::string> text(const Node& node, std::string_view what);
  Node made(Where at, std::string text);         // a scalar, within the budget
  bool spend(Where at, std::size_t text_bytes);  // false: beyond the budget, which is reported once

  Inputs inputs_;
  Diagnostics& diagnostics_;
  std::map<std::string, State> conditions_;
  std::map<std::string, std::string> names_;  // by logical id
  std::size_t bytes_ = 0;
};

}  // namespace sextant::templates
