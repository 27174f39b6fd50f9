#pragma once
// The cells of a batch as text, for tests and for people: one form for each type.
#include <optional>
#include <string>
#include <string_view>

#include "core/columns.h"

namespace sextant::sdk {

// Null is nullopt. Times are ISO 8601, doubles the shortest text that reads back the same. Aliases
// of the schema's metadata count as columns. nullopt too when there is no such
// column.
std::optional<std::string> cell_text(const BatchPtr& batch, std::string_view column,
                                     std::int64_t row);
bool has_column(const BatchPtr& batch, std::string_view column);
// {"ts":"2026-…","source.ip":"192.0.2.1",…}: every column that is not null, in order.
std::string row_json(const BatchPtr& batch, std::int64_t row);

}  // namespace sextant::sdk
