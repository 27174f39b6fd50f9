#pragma once
// The rows of a query as the bytes that people and programs ask for.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/columns.h"
#include "core/result.h"
#include "ports/lake_files.h"

namespace sextant::lake {

enum class RowFormat {
  Json,     // one array of objects, each with all columns in their order
  NdJson,   // an object a line
  Csv,      // RFC 4180 with a header; nested values as JSON
  Parquet,  // one file
  Arrow,    // Arrow IPC stream
};

std::optional<RowFormat> find_row_format(std::string_view name);  // json ndjson csv parquet arrow
std::string_view content_type(RowFormat format);

// One result, a batch at a time. One thread at a time. Errors: Invalid (a type that the format
// cannot hold).
class RowEncoder {
 public:
  virtual ~RowEncoder() = default;
  virtual Result<std::string> add(const BatchPtr& batch) = 0;  // the bytes ready by now, if any
  virtual Result<std::string> finish() = 0;                    // the remaining ones
};

Result<std::unique_ptr<RowEncoder>> make_row_encoder(RowFormat format, const SchemaPtr& schema);

}  // namespace sextant::lake
