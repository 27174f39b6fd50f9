#include <boost/json.hpp>

#include "core/json.h"
#include "deploy/handlers.h"
#include "deploy/stack_errors.h"
#include "deploy/stack_json.h"

namespace sextant::deploy {
namespace {

using Array = boost::json::array;
using Object = boost::json::object;

// The wire says "true", other callers true.
bool is_set(const Object& object, std::string_view name) {
  const auto* value = json::find(object, name);
  if (value == nullptr) return false;
  return value->is_bool() ? value->as_bool() : value->is_string() && value->as_string() == "true";
}

const Array& list_of(const Object& object, std::string_view name) {
  static const Array kNone;
  const auto* value = json::find(object, name);
  return value != nullptr && value->is_array() ? value->as_array() : kNone;
}

Result<std::string> required(const Object& parameters, std::string_view name) {
  auto text = json::text_or(parameters, name);
  if (!text.empty()) return text;
  return invalid("1 validation error detected: Value null at '" + std::string(name) +
                 "' failed to satisfy constraint: Member must not be null");
}

Result<std::optional<std::string>> template_of(const Object& parameters) {
  if (json::find(parameters, "TemplateURL") != nullptr)
    return invalid("TemplateURL is not supported: send the template as TemplateBody");
  const auto* body = json::find(parameters, "TemplateBody");
  if (is_set(parameters, "UsePreviousTemplate") || body == nullptr || !body->is_string())
    return std::nullopt;
  return std::string(body->as_string());
}

Result<std::vector<ParameterChoice>> parameters_of(const Object& parameters) {
  std::vector<ParameterChoice> choices;
  for (const auto& item : list_of(parameters, "Parameters")) {
    if (!item.is_object()) return invalid("Parameters must be a list of keys and values");
    const auto& object = item.as_object();
    SX_TRY_AS(auto name, required(object, "ParameterKey"));
    ParameterChoice choice{.name = std::move(name)};
    if (!is_set(object, "UsePreviousValue")) choice.value = json::text_or(object, "ParameterValue");
    choices.push_back(std::move(choice));
  }
  return choices;
}

Result<std::string> template_text(const OperationCall& call) {
  SX_TRY_AS(auto text, template_of(call.parameters));
  if (text) return std::move(*text);
  SX_TRY_AS(auto name, required(call.parameters, "StackName"));
  SX_TRY_AS(auto stack, call.stacks.find(name));
  return std::move(stack.input.template_text);
}

struct StackAndApp {
  StackRecord stack;
  model::App app;
};
Result<StackAndApp> named_stack(const OperationCall& call) {
  SX_TRY_AS(auto name, required(call.parameters, "StackName"));
  SX_TRY_AS(auto stack, call.stacks.find(name));
  SX_TRY_AS(auto app, call.stacks.app_of(stack));
  return StackAndApp{std::move(stack), std::move(app)};
}

// Warnings are ours: clients that do not know the member pass over it.
Object to_answer(const DoneDeploy& done) {
  Object answer{{"StackId", done.stack.id}};
  if (done.warnings.empty()) return answer;
  auto& warnings = answer["Warnings"].emplace_array();
  for (const auto& warning : done.warnings) warnings.emplace_back(warning);
  return answer;
}

}  // namespace

Result<StackRequest> read_stack_request(const OperationCall& call) {
  StackRequest request;
  SX_TRY_AS(request.name, required(call.parameters, "StackName"));
  SX_TRY_AS(request.template_text, template_of(call.parameters));
  SX_TRY_AS(request.parameters, parameters_of(call.parameters));
  for (const auto& item : list_of(call.parameters, "Capabilities")) {
    if (item.is_string()) request.capabilities.emplace_back(item.as_string());
  }
  if (json::find(call.parameters, "Tags") != nullptr) {
    auto& tags = request.tags.emplace();
    for (const auto& item : list_of(call.parameters, "Tags")) {
      if (!item.is_object()) return invalid("Tags must be a list of keys and values");
      SX_TRY_AS(auto key, required(item.as_object(), "Key"));
      tags[std::move(key)] = json::text_or(item.as_object(), "Value");
    }
  }
  return request;
}

Answer create_stack(const OperationCall& call) {
  SX_TRY_AS(const auto request, read_stack_request(call));
  SX_TRY_AS(const auto done, call.stacks.create(request, call.permitted));
  return to_answer(done);
}

Answer update_stack(const OperationCall& call) {
  SX_TRY_AS(const auto request, read_stack_request(call));
  SX_TRY_AS(const auto done, call.stacks.update(request, call.permitted));
  return to_answer(done);
}

Answer delete_stack(const OperationCall& call) {
  SX_TRY_AS(const auto name, required(call.parameters, "StackName"));
  SX_TRY(call.stacks.remove(name, call.permitted));
  return Object{};
}

Answer describe_stacks(const OperationCall& call) {
  Array stacks;
  if (json::find(call.parameters, "StackName") != nullptr) {
    SX_TRY_AS(const auto named, named_stack(call));
    stacks.push_back(to_stack(named.stack, named.app));
    return Object{{"Stacks", std::move(stacks)}};
  }
  SX_TRY_AS(const auto all, call.stacks.list());
  for (const auto& stack : all) {
    SX_TRY_AS(const auto app, call.stacks.app_of(stack));
    stacks.push_back(to_stack(stack, app));
  }
  return Object{{"Stacks", std::move(stacks)}};
}

Answer list_stacks(const OperationCall& call) {
  const auto& wanted = list_of(call.parameters, "StackStatusFilter");
  SX_TRY_AS(const auto all, call.stacks.list());
  Array summaries;
  for (const auto& stack : all) {
    auto summary = to_stack_summary(stack);
    const bool fits = wanted.empty() || std::ranges::any_of(wanted, [&](const auto& status) {
                        return status == summary.at("StackStatus");
                      });
    if (fits) summaries.push_back(std::move(summary));
  }
  return Object{{"StackSummaries", std::move(summaries)}};
}

Answer get_template(const OperationCall& call) {
  SX_TRY_AS(const auto name, required(call.parameters, "StackName"));
  SX_TRY_AS(const auto stack, call.stacks.find(name));
  return Object{{"TemplateBody", stack.input.template_text},
                {"StagesAvailable", Array{"Original"}}};
}

Answer get_template_summary(const OperationCall& call) {
  SX_TRY_AS(const auto text, template_text(call));
  SX_TRY_AS(const auto summary, call.stacks.validate(text));
  return to_template_summary(summary);
}

Answer validate_template(const OperationCall& call) {
  SX_TRY_AS(const auto text, template_of(call.parameters));
  if (!text) return invalid("Either Template URL or Template Body must be specified.");
  SX_TRY_AS(const auto summary, call.stacks.validate(*text));
  auto answer = to_template_summary(summary);
  answer.erase("ResourceTypes");
  for (auto& parameter : answer["Parameters"].as_array())
    parameter.as_object().erase("ParameterType");
  return answer;
}

Answer describe_stack_resources(const OperationCall& call) {
  SX_TRY_AS(const auto named, named_stack(call));
  auto resources = to_resources(named.stack, named.app);
  const auto wanted = json::text_or(call.parameters, "LogicalResourceId");
  if (!wanted.empty()) {
    const auto other = [&](const boost::json::value& resource) {
      return resource.at("LogicalResourceId") != boost::json::value(wanted);
    };
    resources.erase(std::remove_if(resources.begin(), resources.end(), other), resources.end());
  }
  return Object{{"StackResources", std::move(resources)}};
}

Answer describe_stack_resource(const OperationCall& call) {
  SX_TRY_AS(const auto wanted, required(call.parameters, "LogicalResourceId"));
  SX_TRY_AS(auto answer, describe_stack_resources(call));
  auto& resources = answer["StackResources"].as_array();
  if (resources.empty()) {
    return invalid("Resource " + wanted + " does not exist for stack " +
                   json::text_or(call.parameters, "StackName"));
  }
  auto& detail = resources.front().as_object();
  detail["LastUpdatedTimestamp"] = detail["Timestamp"];
  detail.erase("Timestamp");
  return Object{{"StackResourceDetail", std::move(detail)}};
}

Answer list_stack_resources(const OperationCall& call) {
  SX_TRY_AS(const auto named, named_stack(call));
  return Object{{"StackResourceSummaries", to_resource_summaries(named.stack, named.app)}};
}

Answer describe_stack_events(const OperationCall& call) {
  SX_TRY_AS(const auto name, required(call.parameters, "StackName"));
  SX_TRY_AS(const auto stack, call.stacks.find(name));
  return Object{{"StackEvents", to_events(stack)}};
}

}  // namespace sextant::deploy
