#include "template/globals.h"

#include <algorithm>

#include "template/evaluator.h"
#include "template/intrinsics.h"
#include "template/properties.h"
#include "template/yaml_reader.h"

namespace sextant::templates {
namespace {

using Kind = Node::Kind;

constexpr std::string_view kFunction = "AWS::Serverless::Function";

Node merged(const Node& global, const Node& local) {
  const bool functions = intrinsic_of(global) != nullptr || intrinsic_of(local) != nullptr;
  if (functions || global.kind != local.kind) return local;
  Node result = local;
  if (local.is(Kind::List))
    result.items.insert(result.items.begin(), global.items.begin(), global.items.end());
  for (const auto& member : global.members) {
    const auto own = std::ranges::find(result.members, member.name, &Member::name);
    if (own == result.members.end()) {
      result.members.push_back(member);
    } else {
      own->value = merged(member.value, own->value);
    }
  }
  return result;
}

void merge_into(Resource& resource, const Node& global) {
  auto& members = resource.body.members;
  const auto properties = std::ranges::find(members, "Properties", &Member::name);
  if (properties == members.end()) {
    members.push_back({"Properties", resource.at, global});
  } else {
    properties->value = merged(global, properties->value);
  }
}

struct Size {
  std::size_t nodes = 0;  // names too, as the reader counts
  std::size_t bytes = 0;
};
Size size_of(const Node& node) {
  Size size{.nodes = 1, .bytes = node.text.size()};
  const auto add = [&](const Size& part) {
    size.nodes += part.nodes;
    size.bytes += part.bytes;
  };
  for (const auto& item : node.items) add(size_of(item));
  for (const auto& member : node.members) {
    add({.nodes = 1, .bytes = member.name.size()});
    add(size_of(member.value));
  }
  return size;
}

// Reports it where so many functions with these Globals would be too much.
bool fits(const Node& global, std::size_t functions, Diagnostics& diagnostics) {
  const auto size = size_of(global);
  std::string problem;
  if (size.nodes * functions > kNodesMax)
    problem = "has more than " + std::to_string(kNodesMax) + " values";
  if (size.bytes * functions > kValueBytesBudget) problem = "would grow beyond 32 MiB";
  if (problem.empty()) return true;
  diagnostics.add(global.at,
                  "the template " + problem + " once its " + std::to_string(functions) +
                      " functions have the Globals",
                  "split it into several stacks");
  return false;
}

void check_function_globals(const Node& node, Diagnostics& diagnostics) {
  Properties properties(node, "Globals.Function", diagnostics);
  for (const auto* name :
       {"Handler", "Runtime", "CodeUri", "Description", "MemorySize", "Timeout", "Environment",
        "Tags", "PermissionsBoundary", "ReservedConcurrentExecutions", "EventInvokeConfig"}) {
    properties.any(name);
  }
  for (const auto* name : {"FunctionName", "Role", "Policies", "Events"})
    properties.refuse(name, "write it at each function");
  properties.finish();
}

}  // namespace

void merge_globals(const Node& globals, Resources& resources, Diagnostics& diagnostics) {
  Properties sections(globals, "Globals", diagnostics);
  const auto* function = sections.map("Function");
  sections.finish();
  if (function == nullptr) return;
  check_function_globals(*function, diagnostics);
  std::vector<Resource*> functions;
  for (auto& [id, resource] : resources) {
    if (resource.type != nullptr && resource.type->name == kFunction)
      functions.push_back(&resource);
  }
  if (!fits(*function, functions.size(), diagnostics)) return;
  for (auto* resource : functions) merge_into(*resource, *function);
}

}  // namespace sextant::templates
