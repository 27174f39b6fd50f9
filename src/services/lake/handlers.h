#pragma once
// The lake's operations, one function each.
#include "services/lake/lake_service.h"

namespace sextant::services::lake {

// Parameters Sql, Format (json, ndjson, csv, parquet, arrow), RowsMax, TimeMaxS. The rows come as
// the body, encoded while they are read.
Result<sdk::Output> query(const LakeServiceParts& parts, const sdk::Call& call,
                          const sdk::Input& input);
Result<sdk::Output> list_tables(const LakeServiceParts& parts, const sdk::Call& call,
                                const sdk::Input& input);
// Parameter Name: columns and files.
Result<sdk::Output> describe_table(const LakeServiceParts& parts, const sdk::Call& call,
                                   const sdk::Input& input);

}  // namespace sextant::services::lake
