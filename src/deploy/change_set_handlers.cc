#include <boost/json.hpp>

#include "core/json.h"
#include "deploy/handlers.h"
#include "deploy/stack_json.h"

namespace sextant::deploy {
namespace {

using Array = boost::json::array;
using Object = boost::json::object;

struct Named {
  std::string stack;  // may be empty when the set is named by its ARN
  std::string set;
};
Result<Named> names_of(const OperationCall& call) {
  Named named{.stack = json::text_or(call.parameters, "StackName"),
              .set = json::text_or(call.parameters, "ChangeSetName")};
  if (named.set.empty())
    return fail(Code::Invalid, "ChangeSetName must be specified", "ValidationError");
  return named;
}

Result<std::optional<store::StackAction>> action_of(const OperationCall& call) {
  const auto type = json::text_or(call.parameters, "ChangeSetType");
  if (type.empty()) return store::StackAction::Update;  // CloudFormation's default
  if (type == "CREATE") return store::StackAction::Create;
  if (type == "UPDATE") return store::StackAction::Update;
  return fail(Code::Invalid, "ChangeSetType is CREATE or UPDATE, not " + type, "ValidationError");
}

}  // namespace

Answer create_change_set(const OperationCall& call) {
  ChangeSetRequest request;
  SX_TRY_AS(request.stack, read_stack_request(call));
  SX_TRY_AS(const auto named, names_of(call));
  request.name = named.set;
  request.description = json::text_or(call.parameters, "Description");
  SX_TRY_AS(request.action, action_of(call));
  SX_TRY_AS(const auto set, call.stacks.create_change_set(request, call.permitted));
  return Object{{"Id", set.id}, {"StackId", set.stack_id}};
}

Answer describe_change_set(const OperationCall& call) {
  SX_TRY_AS(const auto named, names_of(call));
  SX_TRY_AS(const auto set, call.stacks.find_change_set(named.stack, named.set, call.permitted));
  return to_change_set(set);
}

Answer execute_change_set(const OperationCall& call) {
  SX_TRY_AS(const auto named, names_of(call));
  SX_TRY(call.stacks.execute_change_set(named.stack, named.set, call.permitted));
  return Object{};
}

Answer delete_change_set(const OperationCall& call) {
  SX_TRY_AS(const auto named, names_of(call));
  SX_TRY(call.stacks.remove_change_set(named.stack, named.set, call.permitted));
  return Object{};
}

Answer list_change_sets(const OperationCall& call) {
  SX_TRY_AS(const auto stack, call.stacks.find(json::text_or(call.parameters, "StackName")));
  SX_TRY_AS(const auto sets, call.stacks.list_change_sets(stack.name));
  Array summaries;
  for (const auto& set : sets) summaries.push_back(to_change_set_summary(set));
  return Object{{"Summaries", std::move(summaries)}};
}

}  // namespace sextant::deploy
