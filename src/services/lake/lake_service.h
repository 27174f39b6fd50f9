#pragma once
// The lake's operations: SQL over its tables, and what tables there are. Actions are those of the
// AWS services that do the same: athena:StartQueryExecution, glue:GetTables, glue:GetTable.
#include "core/clock.h"
#include "core/id.h"
#include "guard/gate.h"
#include "guard/operation.h"
#include "lake/manifest.h"
#include "ports/lake_files.h"
#include "store/configuration.h"

namespace sextant::services::lake {

// All outlive the table.
struct LakeServiceParts {
  Scope scope;
  ports::LakeFiles& files;
  sextant::lake::Manifest& manifest;
  const store::ConfigurationStore& configuration;
  const guard::Gate& gate;
  std::size_t queries_max = 8;  // at the same time, up to their last row; beyond: Exhausted
};

// Query, ListTables, DescribeTable. A query sees the tables that its caller may glue:GetTable.
guard::OperationTable operations(LakeServiceParts parts);

}  // namespace sextant::services::lake
