#pragma once
// Rows by the UTC date and hour of their own time column. Most batches lie within one hour and are
// passed on whole; otherwise the rows of each hour are listed, in their order, and nothing is
// copied.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/columns.h"
#include "core/id.h"
#include "core/result.h"

namespace sextant::lake {

// Hours since 1970 UTC; nullopt for rows without a time, or with one outside the years 1 to 9999.
using Hour = std::optional<std::int64_t>;

struct HourRows {
  Hour hour;
  bool all = false;  // every row of the batch; then `rows` is empty
  std::vector<std::int32_t> rows;
};

// Invalid: no column `ts` of type timestamp[us, UTC].
Result<std::vector<HourRows>> split_by_hour(const BatchPtr& batch);

// "alb/date=2026-07-02/hour=22"; rows without an hour lie where Hive puts nulls.
std::string partition_folder(const TableName& table, Hour hour);

// What a path's folders say: for readers that take partition values from the log, not from the
// path. nullopt is null.
struct PartitionValues {
  std::optional<std::string> date;  // 2026-07-02
  std::optional<std::string> hour;  // 5
};
PartitionValues partition_of(std::string_view path);

}  // namespace sextant::lake
