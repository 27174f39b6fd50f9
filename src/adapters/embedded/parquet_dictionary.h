#pragma once
// One dictionary for all rows of a row group, made of the values that they use.
#include <memory>

#include "adapters/embedded/parquet_columns.h"

namespace sextant::adapters {

// For dictionary<intN, utf8 or binary>; what it finishes has int32 indices.
std::unique_ptr<ColumnGatherer> make_dictionary_gatherer(
    const std::shared_ptr<arrow::DataType>& type);

// Whether every value of a dictionary (utf8 or binary) is there once, and none is null.
bool are_distinct(const arrow::Array& values);

}  // namespace sextant::adapters
