#include "lake/row_text.h"

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "core/clock.h"
#include "core/encoding.h"
#include "core/json.h"
#include "core/time_text.h"

namespace sextant::lake {
namespace {

template <typename ArrayType>
auto value_at(const arrow::Array& column, std::int64_t row) {
  return static_cast<const ArrayType&>(column).GetView(row);
}

template <typename ArrayType>
void append_number(std::string& out, const arrow::Array& column, std::int64_t row) {
  fmt::format_to(std::back_inserter(out), "{}", value_at<ArrayType>(column, row));
}

// With the digits of its own precision: a float of 0.1 is 0.1.
template <typename Number>
void append_real(std::string& out, Number value) {
  if (std::isfinite(value)) {
    fmt::format_to(std::back_inserter(out), "{}", value);
  } else {
    out += "null";
  }
}

// False when the type is not a number (or a truth value): those read the same quoted or not.
bool append_as_number(std::string& out, const arrow::Array& column, std::int64_t row) {
  switch (column.type_id()) {
    case arrow::Type::BOOL:
      out += value_at<arrow::BooleanArray>(column, row) ? "true" : "false";
      return true;
    case arrow::Type::INT8: append_number<arrow::Int8Array>(out, column, row); return true;
    case arrow::Type::INT16: append_number<arrow::Int16Array>(out, column, row); return true;
    case arrow::Type::INT32: append_number<arrow::Int32Array>(out, column, row); return true;
    case arrow::Type::INT64: append_number<arrow::Int64Array>(out, column, row); return true;
    case arrow::Type::UINT8: append_number<arrow::UInt8Array>(out, column, row); return true;
    case arrow::Type::UINT16: append_number<arrow::UInt16Array>(out, column, row); return true;
    case arrow::Type::UINT32: append_number<arrow::UInt32Array>(out, column, row); return true;
    case arrow::Type::UINT64: append_number<arrow::UInt64Array>(out, column, row); return true;
    case arrow::Type::FLOAT:
      append_real(out, value_at<arrow::FloatArray>(column, row));
      return true;
    case arrow::Type::DOUBLE:
      append_real(out, value_at<arrow::DoubleArray>(column, row));
      return true;
    case arrow::Type::DECIMAL128:
      out += static_cast<const arrow::Decimal128Array&>(column).FormatValue(row);
      return true;
    default: return false;
  }
}

std::string timestamp_text(const arrow::Array& column, std::int64_t row) {
  const auto value = value_at<arrow::TimestampArray>(column, row);
  switch (static_cast<const arrow::TimestampType&>(*column.type()).unit()) {
    case arrow::TimeUnit::SECOND: return iso8601(Time(std::chrono::seconds(value)));
    case arrow::TimeUnit::MILLI: return iso8601(Time(std::chrono::milliseconds(value)));
    case arrow::TimeUnit::MICRO: return iso8601(Time(Duration(value)));
    case arrow::TimeUnit::NANO:
      return iso8601(std::chrono::floor<Duration>(
          std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::nanoseconds(value))));
  }
  return {};
}

// The text of a value that is neither number nor nested.
std::string plain_text(const arrow::Array& column, std::int64_t row) {
  switch (column.type_id()) {
    case arrow::Type::STRING: return std::string(value_at<arrow::StringArray>(column, row));
    case arrow::Type::LARGE_STRING:
      return std::string(value_at<arrow::LargeStringArray>(column, row));
    case arrow::Type::STRING_VIEW:
      return std::string(value_at<arrow::StringViewArray>(column, row));
    case arrow::Type::BINARY: return base64(value_at<arrow::BinaryArray>(column, row));
    case arrow::Type::LARGE_BINARY: return base64(value_at<arrow::LargeBinaryArray>(column, row));
    case arrow::Type::TIMESTAMP: return timestamp_text(column, row);
    default: break;
  }
  const auto scalar = column.GetScalar(row);
  return scalar.ok() ? (*scalar)->ToString() : std::string();
}

void append_list(std::string& out, const arrow::Array& values, std::int64_t begin,
                 std::int64_t end) {
  out += '[';
  for (auto i = begin; i < end; ++i) {
    if (i > begin) out += ',';
    append_json(out, values, i);
  }
  out += ']';
}

void append_struct(std::string& out, const arrow::StructArray& column, std::int64_t row) {
  out += '{';
  for (int i = 0; i < column.num_fields(); ++i) {
    if (i > 0) out += ',';
    json::append_text(out, column.type()->field(i)->name());
    out += ':';
    append_json(out, *column.field(i), row);
  }
  out += '}';
}

bool append_nested(std::string& out, const arrow::Array& column, std::int64_t row) {
  switch (column.type_id()) {
    case arrow::Type::STRUCT:
      append_struct(out, static_cast<const arrow::StructArray&>(column), row);
      return true;
    case arrow::Type::LIST:
    case arrow::Type::MAP: {
      const auto& list = static_cast<const arrow::ListArray&>(column);
      append_list(out, *list.values(), list.value_offset(row), list.value_offset(row + 1));
      return true;
    }
    case arrow::Type::FIXED_SIZE_LIST: {
      const auto& list = static_cast<const arrow::FixedSizeListArray&>(column);
      append_list(out, *list.values(), list.value_offset(row), list.value_offset(row + 1));
      return true;
    }
    default: return false;
  }
}

// The array behind a dictionary, and where in it the row's value is.
const arrow::Array& resolve(const arrow::Array& column, std::int64_t& row,
                            std::shared_ptr<arrow::Array>& keep) {
  if (column.type_id() != arrow::Type::DICTIONARY) return column;
  const auto& encoded = static_cast<const arrow::DictionaryArray&>(column);
  row = encoded.GetValueIndex(row);
  keep = encoded.dictionary();
  return *keep;
}

}  // namespace

void append_json(std::string& out, const arrow::Array& column, std::int64_t row) {
  if (column.IsNull(row)) {
    out += "null";
    return;
  }
  std::shared_ptr<arrow::Array> keep;
  const auto& values = resolve(column, row, keep);
  if (append_as_number(out, values, row) || append_nested(out, values, row)) return;
  json::append_text(out, plain_text(values, row));
}

void append_plain(std::string& out, const arrow::Array& column, std::int64_t row) {
  if (column.IsNull(row)) return;
  std::shared_ptr<arrow::Array> keep;
  const auto& values = resolve(column, row, keep);
  if (append_as_number(out, values, row) || append_nested(out, values, row)) return;
  out += plain_text(values, row);
}

}  // namespace sextant::lake
