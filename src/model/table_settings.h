#pragma once
// What a table's Parameters (AWS::Glue::Table, TableInput) ask of the lake. Others stand there as
// they are and mean nothing to it.
#include <chrono>
#include <optional>
#include <string_view>

#include "core/result.h"
#include "model/app.h"

namespace sextant::model {

// For how many days rows are kept, counted from their own time. As CloudWatch Logs calls it.
inline constexpr std::string_view kRetentionParameter = "RetentionInDays";

// A whole number from 1 to 36,500. Invalid: anything else.
Result<std::chrono::days> parse_retention(std::string_view text);
// nullopt: for good.
std::optional<std::chrono::days> retention_of(const Table& table);

}  // namespace sextant::model
