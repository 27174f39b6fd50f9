#include <boost/json.hpp>

#include "core/function_code.h"
#include "core/json.h"
#include "core/time_text.h"
#include "services/node/handlers.h"

namespace sextant::services::node {
namespace {

boost::json::object to_json(const dispatch::FunctionStatus& status) {
  return {
      {"Function", status.function.text()},
      {"Revision", status.revision},
      {"Pending", status.pending},
      {"InFlight", status.in_flight},
      {"Succeeded", status.succeeded},
      {"Failed", status.failed},
      {"Retried", status.retried},
      {"RowsLanded", status.rows_landed},
      {"RowsMalformed", status.rows_malformed},
      {"RowsPerSecond", static_cast<std::uint64_t>(status.rows_per_second)},
      {"LagSeconds", std::int64_t{std::chrono::floor<std::chrono::seconds>(status.lag).count()}}};
}

}  // namespace

Result<sdk::Output> get_status(const NodeParts& parts, const sdk::Input&) {
  boost::json::array functions;
  std::uint64_t pending = 0;
  for (const auto& status : parts.dispatcher.status()) {
    pending += status.pending;
    functions.push_back(to_json(status));
  }
  sdk::Output output;
  output.result = {{"Time", iso8601_millis(parts.clock.now())},
                   {"Account", parts.scope.account.text()},
                   {"Region", parts.scope.region.text()},
                   {"Pending", pending}};
  output.result["Functions"] = std::move(functions);
  return output;
}

Result<sdk::Output> list_functions(const NodeParts& parts, const sdk::Input&) {
  const auto configuration = parts.configuration.current();
  boost::json::array functions;
  for (const auto& [stack, deployed] : configuration->apps) {
    for (const auto& [name, function] : deployed.app.functions) {
      boost::json::object variables;
      for (const auto& [variable, value] : function.environment) {
        if (variable != kCodeVariable) variables[variable] = value;
      }
      functions.push_back(boost::json::object{
          {"FunctionName", name},
          {"FunctionArn", function.arn},
          {"Runtime", "sextant.native"},
          {"Handler", function.handler},
          {"Role", function.role_arn},
          {"Timeout", function.timeout_s},
          {"MemorySize", function.memory_mib},
          {"Stack", stack},
          {"Environment", boost::json::object{{"Variables", std::move(variables)}}}});
    }
  }
  sdk::Output output;
  output.result["Functions"] = std::move(functions);
  return output;
}

}  // namespace sextant::services::node
