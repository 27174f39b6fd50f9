#pragma once
// The lake's operations, one function each.
#include "services/lake/lake_service.h"
#include "services/lake/query_slots.h"

namespace sextant::services::lake {

struct LakeContext {
  LakeServiceParts parts;
  QuerySlots slots;
};

// Parameters Sql, Format (json, ndjson, csv, parquet, arrow), RowsMax, TimeMaxS. The rows come as
// the body, encoded while they are read. Exhausted ("TooManyRequestsException") while as many
// queries run as may.
Result<sdk::Output> query(const LakeContext& lake, const sdk::Call& call, const sdk::Input& input);
Result<sdk::Output> list_tables(const LakeContext& lake, const sdk::Call& call,
                                const sdk::Input& input);
// Parameter Name: columns and files.
Result<sdk::Output> describe_table(const LakeContext& lake, const sdk::Call& call,
                                   const sdk::Input& input);

}  // namespace sextant::services::lake
