#pragma once
// The lake's operations: SQL over its tables, and what tables there are. Actions are those of the
// AWS services that do the same: athena:StartQueryExecution, glue:GetTables, glue:GetTable.
#include <map>
#include <span>

#include "core/clock.h"
#include "core/columns.h"
#include "core/id.h"
#include "guard/gate.h"
#include "guard/long_calls.h"
#include "guard/operation.h"
#include "lake/manifest.h"
#include "ports/lake_files.h"
#include "sdk/view.h"
#include "store/configuration.h"

namespace sextant::services::lake {

// All outlive the table.
struct LakeServiceParts {
  Scope scope;
  ports::LakeFiles& files;
  sextant::lake::Manifest& manifest;
  const store::ConfigurationStore& configuration;
  const guard::Gate& gate;
  // Columns of tables that are known before a row lands in them.
  std::map<TableName, SchemaPtr> known_schemas = {};
  std::span<const sdk::View> views = {};  // questions about tables, where there are such tables
  guard::LongCalls* long_calls =
      nullptr;  // where rows are computed; without it, where they are read
  // At the same time, up to their last row; beyond: Exhausted. Fewer than there are threads for
  // long calls, so that other ones find a free thread.
  std::size_t queries_max = 6;
};

// Query, ListTables, DescribeTable. Each sees the tables that its caller may glue:GetTable and the
// views of these, and no others.
guard::OperationTable operations(LakeServiceParts parts);

}  // namespace sextant::services::lake
