#pragma once
// Rows travel between stages as Arrow record batches. This header only names the types; arrow's own
// headers are heavy and appear in .cc files.
#include <memory>
#include <string_view>

namespace arrow {
class Array;
class DataType;
class RecordBatch;
class Schema;
}  // namespace arrow

namespace sextant {

using ArrayPtr = std::shared_ptr<arrow::Array>;
using BatchPtr = std::shared_ptr<arrow::RecordBatch>;
using SchemaPtr = std::shared_ptr<arrow::Schema>;
using TypePtr = std::shared_ptr<arrow::DataType>;

// A column that would only repeat another one is left out of a batch and named in the metadata of
// its schema: "alias:event.end" -> "ts".
inline constexpr std::string_view kAliasPrefix = "alias:";

}  // namespace sextant
