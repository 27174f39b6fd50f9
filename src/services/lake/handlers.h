#pragma once
// The lake's operations, one function each.
#include "services/lake/lake_service.h"
#include "services/lake/query_slots.h"

namespace sextant::services::lake {

struct LakeContext {
  LakeServiceParts parts;
  QuerySlots slots;
};

// glue:GetTable on it; a refusal stands in the call's record.
bool may_read(const LakeServiceParts& parts, guard::Permit& permit, const model::Table& table);

// Parameters Sql, Format (json, ndjson, csv, parquet, arrow), RowsMax, TimeMaxS. The rows come as
// the body, encoded while they are read. Exhausted ("TooManyRequestsException") while as many
// queries run as may; ("QueryLimitExceeded") at the query's own limit of rows, time or memory, when
// no row has been told yet. Blocks.
Result<sdk::Output> query(const LakeContext& lake, guard::Permit& permit, const sdk::Input& input);
// Those that the caller may read.
Result<sdk::Output> list_tables(const LakeContext& lake, guard::Permit& permit,
                                const sdk::Input& input);
// Parameter Name: columns and files. NotFound, also for a caller who may not read it.
Result<sdk::Output> describe_table(const LakeContext& lake, guard::Permit& permit,
                                   const sdk::Input& input);

}  // namespace sextant::services::lake
