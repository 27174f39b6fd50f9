#pragma once
// What a table's Parameters (AWS::Glue::Table, TableInput) ask of the lake. Others stand there as
// they are and mean nothing to it.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "model/app.h"

namespace sextant::model {

// For how many days rows are kept, counted from their own time. As CloudWatch Logs calls it.
inline constexpr std::string_view kRetentionParameter = "RetentionInDays";

// Columns that name an event, with commas between: rows that are alike in all of them tell of the
// same one. The view `<table>_events` has each event once.
inline constexpr std::string_view kUniqueParameter = "UniqueBy";

// Empty: rows are events. Invalid: a name that is none of a column.
Result<std::vector<std::string>> parse_unique(std::string_view text);
std::vector<std::string> unique_columns_of(const Table& table);

// A whole number from 1 to 36,500. Invalid: anything else.
Result<std::chrono::days> parse_retention(std::string_view text);
// nullopt: for good.
std::optional<std::chrono::days> retention_of(const Table& table);

}  // namespace sextant::model
