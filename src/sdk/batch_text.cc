#include "sdk/batch_text.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

#include <boost/json/serialize.hpp>
#include <charconv>

#include "core/clock.h"
#include "core/time_text.h"

namespace sextant::sdk {
namespace {

std::string shortest(double value) {
  char text[32];
  const auto result = std::to_chars(text, text + sizeof text, value);
  return {text, result.ptr};
}

std::string value_text(const arrow::Array& values, std::int64_t row) {
  using arrow::Type;
  switch (values.type_id()) {
    case Type::DICTIONARY: {
      const auto& coded = static_cast<const arrow::DictionaryArray&>(values);
      return value_text(*coded.dictionary(), coded.GetValueIndex(row));
    }
    case Type::STRING:
    case Type::BINARY: return static_cast<const arrow::BinaryArray&>(values).GetString(row);
    case Type::INT32:
      return std::to_string(static_cast<const arrow::Int32Array&>(values).Value(row));
    case Type::INT64:
      return std::to_string(static_cast<const arrow::Int64Array&>(values).Value(row));
    case Type::BOOL:
      return static_cast<const arrow::BooleanArray&>(values).Value(row) ? "true" : "false";
    case Type::DOUBLE: return shortest(static_cast<const arrow::DoubleArray&>(values).Value(row));
    case Type::TIMESTAMP:
      return iso8601(Time(Duration(static_cast<const arrow::TimestampArray&>(values).Value(row))));
    default: return "?";
  }
}

std::optional<std::string> metadata_of(const BatchPtr& batch, const std::string& key) {
  const auto& metadata = batch->schema()->metadata();
  if (!metadata) return std::nullopt;
  const auto found = metadata->Get(key);
  return found.ok() ? std::optional(*found) : std::nullopt;
}

// What JSON writes without quotes.
bool is_plain(const arrow::Array& values) {
  const auto type = values.type_id();
  return type == arrow::Type::INT32 || type == arrow::Type::INT64 || type == arrow::Type::DOUBLE ||
         type == arrow::Type::BOOL;
}

}  // namespace

std::optional<std::string> cell_text(const BatchPtr& batch, std::string_view column,
                                     std::int64_t row) {
  const std::string name(column);
  if (const auto alias = metadata_of(batch, std::string(kAliasPrefix) + name))
    return cell_text(batch, *alias, row);
  const auto values = batch->GetColumnByName(name);
  if (!values || values->IsNull(row)) return std::nullopt;
  return value_text(*values, row);
}

bool has_column(const BatchPtr& batch, std::string_view column) {
  const std::string name(column);
  return batch->GetColumnByName(name) != nullptr ||
         metadata_of(batch, std::string(kAliasPrefix) + name);
}

std::string row_json(const BatchPtr& batch, std::int64_t row) {
  std::string json = "{";
  for (int i = 0; i < batch->num_columns(); ++i) {
    const auto& values = *batch->column(i);
    if (values.IsNull(row)) continue;
    if (json.size() > 1) json += ',';
    json += boost::json::serialize(boost::json::string_view(batch->column_name(i)));
    json += ':';
    const auto text = value_text(values, row);
    json += is_plain(values) ? text : boost::json::serialize(boost::json::string_view(text));
  }
  return json + "}";
}

}  // namespace sextant::sdk
