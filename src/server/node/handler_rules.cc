#include "server/node/handler_rules.h"

#include <algorithm>

#include "core/function_code.h"
#include "core/strings.h"
#include "core/suggest.h"
#include "runtime/native/find_stage.h"
#include "runtime/native/pipeline.h"
#include "server/node/catalogue.h"

namespace sextant::server {
namespace {

std::vector<std::string_view> variables_of(std::string_view handler) {
  std::vector<std::string_view> names;
  for (const auto stage : split(handler, '|')) {
    const auto* function = runtime::native::find_stage(catalogue(), trim(stage));
    if (function == nullptr) continue;
    for (const auto& field : function->config) names.push_back(field.name);
  }
  return names;
}

Result<> check_function(const model::Function& function, const std::string& data_folder) {
  const auto known = variables_of(function.handler);
  for (const auto& [name, value] : function.environment) {
    if (std::ranges::find(known, name) != known.end()) continue;
    if (name == kCodeVariable) {
      return fail(Code::Invalid,
                  "it has code (InlineCode or CodeUri), and no stage of its handler takes any: "
                  "write InlineCode: '-'");
    }
    auto hint = did_you_mean(name, known);
    if (hint.empty()) hint = known.empty() ? "they read none" : "they read " + listed(known);
    return fail(Code::Invalid, "no stage of its handler reads variable '" + name + "'; " + hint);
  }
  const auto prepared = runtime::native::Pipeline::prepare(catalogue(), function, data_folder);
  if (!prepared && prepared.error().error.code == Code::Invalid)
    return std::unexpected(prepared.error().error);
  return {};
}

}  // namespace

deploy::HandlerRules handler_rules(std::string data_folder) {
  deploy::HandlerRules rules;
  for (const auto* function : catalogue().all()) rules.known_functions.push_back(function->id);
  rules.check_handler = [](std::string_view handler) {
    return runtime::native::check_handler(catalogue(), handler);
  };
  rules.check_function = [folder = std::move(data_folder)](const model::Function& function) {
    return check_function(function, folder);
  };
  return rules;
}

}  // namespace sextant::server
