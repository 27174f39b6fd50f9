#pragma once
// Gathers rows of many flat batches into the columns of one row group. A dictionary column is made
// one with a single dictionary, so that Parquet takes it as it is; only the values that the rows
// chosen use are looked up, so a batch costs its rows, not the size of its dictionaries.
#include <cstdint>
#include <memory>
#include <span>

#include "core/columns.h"
#include "core/result.h"

namespace sextant::adapters {

// All rows, or the ones chosen.
struct RowChoice {
  bool all = true;
  std::span<const std::int32_t> rows = {};
};

// One column. Not thread-safe.
class ColumnGatherer {
 public:
  virtual ~ColumnGatherer() = default;
  // Errors: Exhausted (more than 2 GiB of text), Invalid (a type that has no builder).
  virtual Result<> append(const arrow::Array& array, const RowChoice& choice) = 0;
  virtual std::uint64_t bytes() const = 0;
  // The rows gathered; empty again afterwards.
  virtual Result<std::shared_ptr<arrow::Array>> finish() = 0;
};

Result<std::unique_ptr<ColumnGatherer>> make_gatherer(const std::shared_ptr<arrow::DataType>& type);

}  // namespace sextant::adapters
