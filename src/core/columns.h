#pragma once
// Rows travel between stages as Arrow record batches. This header only names the types; arrow's own
// headers are heavy and appear in .cc files.
#include <memory>

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

}  // namespace sextant
