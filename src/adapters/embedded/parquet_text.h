#pragma once
// Text columns on their way into a row group: dictionaries that Parquet can take as they are, or
// plain text where nearly every value is another.
#include <memory>

#include "core/columns.h"
#include "core/result.h"

namespace sextant::adapters {

// dictionary<intN, utf8 or binary>: what Parquet can take without decoding.
bool is_text_dictionary(const arrow::DataType& type);

// More than half of the rows have a value of their own: a dictionary would only cost.
bool hardly_repeats(const arrow::Array& dictionary_column);

// With int32 indices and every value once and not null, as Parquet's direct way needs it (it would
// silently mix up values otherwise); the same array when it is so already.
Result<std::shared_ptr<arrow::Array>> with_distinct_values(
    const std::shared_ptr<arrow::Array>& dictionary_column);

// Every row's own text.
Result<std::shared_ptr<arrow::Array>> as_plain_text(const arrow::Array& dictionary_column);

// Invalid: a text is not UTF-8, and no reader would take the file.
Result<> check_utf8(const arrow::Array& column);

}  // namespace sextant::adapters
