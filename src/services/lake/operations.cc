#include <array>
#include <memory>
#include <utility>

#include "core/json.h"
#include "services/lake/handlers.h"

#include <boost/json.hpp>

namespace sextant::services::lake {
namespace {

Result<guard::Target> workgroup(const Scope& scope, const sdk::Input&) {
  return guard::Target{.resource = "arn:aws:athena:" + scope.region.text() + ":" +
                                   scope.account.text() + ":workgroup/primary",
                       .context = {}};
}

Result<guard::Target> catalog(const Scope& scope, const sdk::Input&) {
  return guard::Target{
      .resource = "arn:aws:glue:" + scope.region.text() + ":" + scope.account.text() + ":catalog",
      .context = {}};
}

struct Row {
  std::string_view name;
  std::string_view action;
  Result<guard::Target> (*target)(const Scope&, const sdk::Input&);
  Result<sdk::Output> (*handle)(const LakeContext&, guard::Permit&, const sdk::Input&);
  bool takes_long = false;
};

constexpr std::array kRows{
    Row{"Query", "athena:StartQueryExecution", workgroup, query, true},
    Row{"ListTables", "glue:GetTables", catalog, list_tables},
    Row{"DescribeTable", "glue:GetTables", catalog, describe_table},
};

}  // namespace

guard::OperationTable operations(LakeServiceParts parts) {
  const QuerySlots slots(parts.queries_max);
  const auto shared = std::make_shared<const LakeContext>(std::move(parts), slots);
  guard::OperationTable table;
  for (const auto& row : kRows) {
    table.push_back({.service = "sextant",
                     .name = row.name,
                     .action = row.action,
                     .access = sdk::Access::Read,
                     .category = sdk::EventCategory::Management,
                     .target = row.target,
                     .handle = [shared, handle = row.handle](
                                   const std::shared_ptr<guard::Permit>& permit, sdk::Input input,
                                   sdk::Reply reply) { reply(handle(*shared, *permit, input)); },
                     .takes_long = row.takes_long});
  }
  return table;
}

}  // namespace sextant::services::lake
