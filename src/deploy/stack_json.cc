#include "deploy/stack_json.h"

#include <algorithm>
#include <boost/json.hpp>
#include <ranges>

#include "core/hash.h"
#include "core/strings.h"
#include "core/time_text.h"

namespace sextant::deploy {
namespace {

using Array = boost::json::array;
using Object = boost::json::object;

Array texts(const std::vector<std::string>& values) {
  Array array;
  for (const auto& value : values) array.emplace_back(value);
  return array;
}

Array pairs(const std::map<std::string, std::string>& values, std::string_view key,
            std::string_view value_name) {
  Array array;
  for (const auto& [name, value] : values)
    array.push_back(Object{{key, name}, {value_name, value}});
  return array;
}

Array parameters_of(const std::vector<ShownParameter>& parameters) {
  Array array;
  for (const auto& parameter : parameters) {
    array.push_back(Object{{"ParameterKey", parameter.name}, {"ParameterValue", parameter.value}});
  }
  return array;
}

std::string resource_status_of(const StackRecord& stack) {
  const bool updated = std::ranges::any_of(stack.history, [](const auto& change) {
    return change.action == store::StackAction::Update && change.failures.empty();
  });
  return updated ? "UPDATE_COMPLETE" : "CREATE_COMPLETE";
}

// How a deploy that failed leaves its stack.
std::string failed_status(store::StackAction action) {
  switch (action) {
    case store::StackAction::Create: return "ROLLBACK_COMPLETE";
    case store::StackAction::Update: return "UPDATE_ROLLBACK_COMPLETE";
    case store::StackAction::Delete: return "DELETE_FAILED";
  }
  return "?";
}

const store::ConfigurationChange* last_failure(const StackRecord& stack) {
  const bool failed = !stack.history.empty() && !stack.history.back().failures.empty();
  return failed ? &stack.history.back() : nullptr;
}

std::string status_of(const StackRecord& stack) {
  const auto* failed = last_failure(stack);
  return failed != nullptr ? failed_status(failed->action) : resource_status_of(stack);
}

std::string reason_of(const store::ConfigurationChange& failed) {
  std::string names;
  for (const auto& failure : failed.failures) {
    names += (names.empty() ? "" : ", ") + failure.resource.logical_id;
  }
  const auto verb = to_lower(store::to_string(failed.action));
  return "The following resource(s) failed to " + verb + ": [" + names + "]. ";
}

Object base(const StackRecord& stack) {
  Object object{{"StackId", stack.id},
                {"StackName", stack.name},
                {"CreationTime", iso8601_millis(stack.created)},
                {"StackStatus", status_of(stack)},
                {"DriftInformation", Object{{"StackDriftStatus", "NOT_CHECKED"}}}};
  if (stack.updated) object["LastUpdatedTime"] = iso8601_millis(*stack.updated);
  if (const auto* failed = last_failure(stack)) object["StackStatusReason"] = reason_of(*failed);
  return object;
}

Object resource_of(const StackRecord& stack, const model::ResourceChange& resource) {
  return {{"LogicalResourceId", resource.logical_id},
          {"PhysicalResourceId", resource.physical_id},
          {"ResourceType", resource.resource_type},
          {"LastUpdatedTimestamp", iso8601_millis(stack.updated.value_or(stack.created))},
          {"ResourceStatus", resource_status_of(stack)},
          {"DriftInformation", Object{{"StackResourceDriftStatus", "NOT_CHECKED"}}}};
}

// CREATE of an added resource, also in an update of its stack.
std::string verb_of(model::Action action) {
  switch (action) {
    case model::Action::Add: return "CREATE";
    case model::Action::Modify: return "UPDATE";
    case model::Action::Remove: return "DELETE";
  }
  return "?";
}

// Writes the events of one deploy, newest last.
class EventWriter {
 public:
  EventWriter(const StackRecord& stack, const store::ConfigurationChange& change, Array& events)
      : stack_(stack), change_(change), events_(events) {}

  void write() {
    const std::string verb(store::to_string(change_.action));
    add_stack(verb + "_IN_PROGRESS");
    for (const auto& resource : change_.changes)
      add(resource, verb_of(resource.action) + "_COMPLETE");
    for (const auto& failure : change_.failures)
      add(failure.resource, verb_of(failure.resource.action) + "_FAILED", failure.reason);
    if (change_.failures.empty()) return add_stack(verb + "_COMPLETE");
    const auto status = failed_status(change_.action);
    if (change_.action == store::StackAction::Delete) return add_stack(status, reason_of(change_));
    add_stack(status.substr(0, status.rfind('_')) + "_IN_PROGRESS", reason_of(change_));
    add_stack(status);
  }

 private:
  static constexpr const char* kStackType = "AWS::CloudFormation::Stack";

  void add_stack(const std::string& status, const std::string& reason = {}) {
    add({.action = {},
         .resource_type = kStackType,
         .logical_id = stack_.name,
         .physical_id = stack_.id},
        status, reason);
  }

  void add(const model::ResourceChange& resource, const std::string& status,
           const std::string& reason = {}) {
    const auto identity = stack_.id + change_.request_id.text() + iso8601(change_.time) +
                          std::to_string(events_.size());
    events_.push_back(Object{{"StackId", stack_.id},
                             {"EventId", sha256_hex(identity).substr(0, 32)},
                             {"StackName", stack_.name},
                             {"LogicalResourceId", resource.logical_id},
                             {"PhysicalResourceId", resource.physical_id},
                             {"ResourceType", resource.resource_type},
                             {"Timestamp", iso8601_millis(change_.time)},
                             {"ResourceStatus", status}});
    if (!reason.empty()) events_.back().as_object()["ResourceStatusReason"] = reason;
  }

  const StackRecord& stack_;
  const store::ConfigurationChange& change_;
  Array& events_;
};

Object change_of(const model::ResourceChange& change) {
  Object resource{{"Action", model::to_string(change.action)},
                  {"LogicalResourceId", change.logical_id},
                  {"ResourceType", change.resource_type}};
  if (change.action != model::Action::Add) resource["PhysicalResourceId"] = change.physical_id;
  if (change.action == model::Action::Modify) {
    resource["Replacement"] = "False";
    Array details;
    for (const auto& field : change.fields) {
      details.push_back(Object{{"Target", Object{{"Attribute", "Properties"}, {"Name", field}}}});
    }
    resource["Scope"] = Array{"Properties"};
    resource["Details"] = std::move(details);
  }
  return {{"Type", "Resource"}, {"ResourceChange", std::move(resource)}};
}

}  // namespace

Object to_stack(const StackRecord& stack, const model::App& app) {
  Object object = base(stack);
  if (!stack.description.empty()) object["Description"] = stack.description;
  object["Parameters"] = parameters_of(stack.parameters);
  object["DisableRollback"] = false;
  object["NotificationARNs"] = Array{};
  object["Capabilities"] = texts(stack.input.capabilities);
  object["Outputs"] = pairs(app.outputs, "OutputKey", "OutputValue");
  object["Tags"] = pairs(stack.input.tags, "Key", "Value");
  object["EnableTerminationProtection"] = false;
  return object;
}

Object to_stack_summary(const StackRecord& stack) {
  Object object = base(stack);
  if (!stack.description.empty()) object["TemplateDescription"] = stack.description;
  return object;
}

Array to_resource_summaries(const StackRecord& stack, const model::App& app) {
  Array resources;
  for (const auto& resource : model::list_resources(app))
    resources.push_back(resource_of(stack, resource));
  return resources;
}

Array to_resources(const StackRecord& stack, const model::App& app) {
  Array resources = to_resource_summaries(stack, app);
  for (auto& resource : resources) {
    auto& object = resource.as_object();
    object["StackId"] = stack.id;
    object["StackName"] = stack.name;
    object["Timestamp"] = object["LastUpdatedTimestamp"];
    object.erase("LastUpdatedTimestamp");
  }
  return resources;
}

Array to_events(const StackRecord& stack) {
  Array events;
  for (const auto& change : stack.history) EventWriter(stack, change, events).write();
  std::ranges::reverse(events);
  return events;
}

Object to_change_set_summary(const ChangeSetRecord& set) {
  const bool ready = set.status == ChangeSetStatus::Ready;
  Object object{{"ChangeSetId", set.id},
                {"ChangeSetName", set.name},
                {"StackId", set.stack_id},
                {"StackName", set.stack},
                {"CreationTime", iso8601_millis(set.created)},
                {"ExecutionStatus", ready ? "AVAILABLE" : "UNAVAILABLE"},
                {"Status", ready ? "CREATE_COMPLETE" : "FAILED"}};
  if (!set.reason.empty()) object["StatusReason"] = set.reason;
  if (!set.description.empty()) object["Description"] = set.description;
  return object;
}

Object to_change_set(const ChangeSetRecord& set) {
  Object object = to_change_set_summary(set);
  object["Capabilities"] = texts(set.input.capabilities);
  object["Tags"] = pairs(set.input.tags, "Key", "Value");
  Array changes;
  for (const auto& change : set.changes) changes.push_back(change_of(change));
  object["Changes"] = std::move(changes);
  return object;
}

Object to_template_summary(const templates::Summary& summary) {
  Array parameters;
  for (const auto& declared : summary.parameters) {
    Object parameter{{"ParameterKey", declared.name}, {"NoEcho", declared.no_echo}};
    if (declared.otherwise) parameter["DefaultValue"] = *declared.otherwise;
    if (!declared.description.empty()) parameter["Description"] = declared.description;
    parameter["ParameterType"] = declared.type;
    parameters.push_back(std::move(parameter));
  }
  Object object{{"Parameters", std::move(parameters)},
                {"Capabilities", texts(summary.capabilities)},
                {"DeclaredTransforms", texts(summary.transforms)},
                {"ResourceTypes", texts(summary.resource_types)}};
  if (!summary.capabilities.empty())
    object["CapabilitiesReason"] =
        "The following are needed because of roles, policies or a transform";
  if (!summary.description.empty()) object["Description"] = summary.description;
  return object;
}

}  // namespace sextant::deploy
