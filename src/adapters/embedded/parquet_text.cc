#include "adapters/embedded/parquet_text.h"

#include <arrow/array.h>
#include <arrow/buffer_builder.h>
#include <arrow/type.h>

#include <cstdint>
#include <limits>
#include <span>
#include <utility>

#include "adapters/embedded/parquet_columns.h"
#include "adapters/embedded/parquet_dictionary.h"
#include "adapters/embedded/parquet_validity.h"
#include "core/arrow_result.h"
#include "core/encoding.h"

namespace sextant::adapters {
namespace {

const arrow::DictionaryArray& dictionary_array(const arrow::Array& column) {
  return static_cast<const arrow::DictionaryArray&>(column);
}

template <typename Index>
Result<std::shared_ptr<arrow::Array>> decode(const arrow::DictionaryArray& column) {
  const auto& values = column.dictionary();
  const auto& texts = static_cast<const arrow::BinaryArray&>(*values);
  const Index* indices = column.data()->GetValues<Index>(1);
  arrow::TypedBufferBuilder<std::int32_t> offsets;
  arrow::BufferBuilder bytes;
  SX_TRY(from_arrow(offsets.Reserve(column.length() + 1)));
  // About: exact when every value is used once.
  SX_TRY(from_arrow(bytes.Reserve(texts.total_values_length())));
  offsets.UnsafeAppend(0);
  const bool has_nulls = column.null_count() > 0;
  for (std::int64_t row = 0; row < column.length(); ++row) {
    if (!has_nulls || column.IsValid(row)) {
      const auto text = texts.GetView(static_cast<std::int64_t>(indices[row]));
      if (bytes.length() + static_cast<std::int64_t>(text.size()) >
          std::numeric_limits<std::int32_t>::max()) {
        return fail(Code::Exhausted, "more than 2 GiB of text in one column of a row group");
      }
      SX_TRY(from_arrow(bytes.Append(text.data(), static_cast<std::int64_t>(text.size()))));
    }
    offsets.UnsafeAppend(static_cast<std::int32_t>(bytes.length()));
  }
  ValidityGatherer validity;
  SX_TRY(validity.append(column, {}));
  SX_TRY_AS(auto valid, validity.finish());
  SX_TRY_AS(auto offset_buffer, from_arrow(offsets.Finish()));
  SX_TRY_AS(auto byte_buffer, from_arrow(bytes.Finish()));
  return arrow::MakeArray(arrow::ArrayData::Make(
      values->type(), column.length(),
      {std::move(valid.bitmap), std::move(offset_buffer), std::move(byte_buffer)}, valid.nulls));
}

// Without a branch a byte, so that the compiler takes many at once.
bool is_ascii(std::span<const std::uint8_t> bytes) {
  std::uint8_t all = 0;
  for (const auto byte : bytes) all |= byte;
  return all < 0x80;
}

}  // namespace

bool is_text_dictionary(const arrow::DataType& type) {
  if (type.id() != arrow::Type::DICTIONARY) return false;
  const auto value = static_cast<const arrow::DictionaryType&>(type).value_type()->id();
  return value == arrow::Type::STRING || value == arrow::Type::BINARY;
}

bool hardly_repeats(const arrow::Array& column) {
  return dictionary_array(column).dictionary()->length() * 2 > column.length();
}

Result<std::shared_ptr<arrow::Array>> with_distinct_values(
    const std::shared_ptr<arrow::Array>& column) {
  const auto& encoded = dictionary_array(*column);
  if (encoded.indices()->type_id() == arrow::Type::INT32) {
    if (are_distinct(*encoded.dictionary())) return column;
  }
  const auto gatherer = make_dictionary_gatherer(column->type());
  SX_TRY(gatherer->append(*column, {}));
  return gatherer->finish();
}

Result<std::shared_ptr<arrow::Array>> as_plain_text(const arrow::Array& column) {
  const auto& encoded = dictionary_array(column);
  if (encoded.dictionary()->null_count() > 0 ||
      encoded.indices()->type_id() != arrow::Type::INT32) {
    SX_TRY_AS(const auto clean, with_distinct_values(arrow::MakeArray(column.data())));
    return decode<std::int32_t>(dictionary_array(*clean));
  }
  return decode<std::int32_t>(encoded);
}

Result<> check_utf8(const arrow::Array& column) {
  if (column.type_id() == arrow::Type::DICTIONARY) {
    return check_utf8(*dictionary_array(column).dictionary());
  }
  if (column.type_id() != arrow::Type::STRING || column.length() == 0) return {};
  const auto& texts = static_cast<const arrow::StringArray&>(column);
  const auto begin = texts.value_offset(0);
  const auto count = texts.value_offset(texts.length()) - begin;
  if (count == 0 || is_ascii({texts.raw_data() + begin, static_cast<std::size_t>(count)}))
    return {};
  for (std::int64_t row = 0; row < texts.length(); ++row) {
    if (texts.IsValid(row) && !valid_utf8(texts.GetView(row))) {
      return fail(Code::Invalid, "a text is not UTF-8");
    }
  }
  return {};
}

}  // namespace sextant::adapters
