#pragma once
// Values of result rows as text: JSON, and the plain form that a CSV cell has.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/columns.h"

namespace sextant::lake {

// Appends the value of one row: nested values as objects and arrays, times as ISO 8601 in UTC,
// binary as base64, decimals as numbers, numbers that JSON has not (NaN) as null.
void append_json(std::string& out, const arrow::Array& column, std::int64_t row);

// Without quotes around texts and times; nested values as JSON; "" for null.
void append_plain(std::string& out, const arrow::Array& column, std::int64_t row);

}  // namespace sextant::lake
