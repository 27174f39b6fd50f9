#include <array>
#include <memory>
#include <utility>

#include "services/node/handlers.h"

namespace sextant::services::node {
namespace {

struct Row {
  std::string_view name;
  std::string_view action;
  Result<sdk::Output> (*handle)(const NodeParts&, const sdk::Input&);
  bool takes_long = false;  // may look at everything there is
};

constexpr std::array kRows{
    Row{"GetStatus", "sextant:GetStatus", get_status},
    Row{"ListFunctions", "lambda:ListFunctions", list_functions},
    Row{"ListDeliveries", "sextant:ListDeliveries", list_deliveries, true},
    Row{"SummarizeDeliveries", "sextant:ListDeliveries", summarize_deliveries, true},
};

}  // namespace

guard::OperationTable operations(NodeParts parts) {
  const auto shared = std::make_shared<const NodeParts>(std::move(parts));
  guard::OperationTable table;
  for (const auto& row : kRows) {
    table.push_back({.service = "sextant",
                     .name = row.name,
                     .action = row.action,
                     .access = sdk::Access::Read,
                     .category = sdk::EventCategory::Management,
                     .target = [](const Scope&, const sdk::Input&) -> Result<guard::Target> {
                       return guard::Target{};
                     },
                     .handle = [shared, handle = row.handle](
                                   const std::shared_ptr<guard::Permit>&, sdk::Input input,
                                   sdk::Reply reply) { reply(handle(*shared, input)); },
                     .takes_long = row.takes_long});
  }
  return table;
}

}  // namespace sextant::services::node
