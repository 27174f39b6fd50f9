#include "template/globals.h"

#include <algorithm>

#include "template/intrinsics.h"
#include "template/properties.h"

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
  for (auto& [id, resource] : resources) {
    if (resource.type != nullptr && resource.type->name == kFunction)
      merge_into(resource, *function);
  }
}

}  // namespace sextant::templates
