#include "adapters/embedded/parquet_columns.h"

#include <arrow/array.h>
#include <arrow/buffer_builder.h>
#include <arrow/builder.h>
#include <arrow/type.h>
#include <arrow/util/bitmap_ops.h>

#include <limits>
#include <utility>

#include "adapters/embedded/parquet_dictionary.h"
#include "adapters/embedded/parquet_text.h"
#include "adapters/embedded/parquet_validity.h"
#include "core/arrow_result.h"

namespace sextant::adapters {
namespace {

std::int64_t rows_of(const arrow::Array& array, const RowChoice& choice) {
  return choice.all ? array.length() : static_cast<std::int64_t>(choice.rows.size());
}

template <typename Word>
class FixedGatherer final : public ColumnGatherer {
 public:
  explicit FixedGatherer(std::shared_ptr<arrow::DataType> type) : type_(std::move(type)) {}

  Result<> append(const arrow::Array& array, const RowChoice& choice) override {
    const auto rows = rows_of(array, choice);
    SX_TRY(from_arrow(values_.Reserve(rows)));
    SX_TRY(validity_.append(array, choice));
    const Word* values = array.data()->GetValues<Word>(1);
    if (choice.all) {
      values_.UnsafeAppend(values, rows);
      return {};
    }
    for (const auto row : choice.rows) values_.UnsafeAppend(values[row]);
    return {};
  }

  std::uint64_t bytes() const override {
    return static_cast<std::uint64_t>(values_.capacity()) * sizeof(Word) + validity_.bytes();
  }

  Result<std::shared_ptr<arrow::Array>> finish() override {
    const auto rows = values_.length();
    SX_TRY_AS(auto values, from_arrow(values_.Finish()));
    SX_TRY_AS(auto validity, validity_.finish());
    return arrow::MakeArray(arrow::ArrayData::Make(
        type_, rows, {std::move(validity.bitmap), std::move(values)}, validity.nulls));
  }

 private:
  std::shared_ptr<arrow::DataType> type_;
  arrow::TypedBufferBuilder<Word> values_;
  ValidityGatherer validity_;
};

// Strings and binary with 32-bit offsets.
class TextGatherer final : public ColumnGatherer {
 public:
  explicit TextGatherer(std::shared_ptr<arrow::DataType> type) : type_(std::move(type)) {}

  Result<> append(const arrow::Array& array, const RowChoice& choice) override {
    const auto& text = static_cast<const arrow::BinaryArray&>(array);
    SX_TRY(from_arrow(ends_.Reserve(rows_of(array, choice))));
    SX_TRY(validity_.append(array, choice));
    return choice.all ? append_all(text) : append_chosen(text, choice.rows);
  }

  std::uint64_t bytes() const override {
    return static_cast<std::uint64_t>(ends_.capacity()) * sizeof(std::int32_t) +
           static_cast<std::uint64_t>(bytes_.capacity()) + validity_.bytes();
  }

  Result<std::shared_ptr<arrow::Array>> finish() override {
    const auto rows = ends_.length();
    // Offsets are the ends behind a zero.
    arrow::TypedBufferBuilder<std::int32_t> offsets;
    SX_TRY(from_arrow(offsets.Reserve(rows + 1)));
    offsets.UnsafeAppend(0);
    if (rows > 0) offsets.UnsafeAppend(ends_.data(), rows);
    ends_.Reset();
    SX_TRY_AS(auto offset_buffer, from_arrow(offsets.Finish()));
    SX_TRY_AS(auto bytes, from_arrow(bytes_.Finish()));
    SX_TRY_AS(auto validity, validity_.finish());
    return arrow::MakeArray(arrow::ArrayData::Make(
        type_, rows, {std::move(validity.bitmap), std::move(offset_buffer), std::move(bytes)},
        validity.nulls));
  }

 private:
  Result<> reserve(std::int64_t more) {
    if (bytes_.length() + more > std::numeric_limits<std::int32_t>::max()) {
      return fail(Code::Exhausted, "more than 2 GiB of text in one column of a row group");
    }
    return from_arrow(bytes_.Reserve(more));
  }

  Result<> append_all(const arrow::BinaryArray& text) {
    if (text.length() == 0) return {};
    const std::int32_t* offsets = text.raw_value_offsets();
    const auto rows = text.length();
    const std::int32_t count = offsets[rows] - offsets[0];
    SX_TRY(reserve(count));
    const auto shift = static_cast<std::int32_t>(bytes_.length()) - offsets[0];
    for (std::int64_t i = 1; i <= rows; ++i) ends_.UnsafeAppend(offsets[i] + shift);
    if (count > 0) bytes_.UnsafeAppend(text.raw_data() + offsets[0], count);
    return {};
  }

  Result<> append_chosen(const arrow::BinaryArray& text, std::span<const std::int32_t> rows) {
    for (const auto row : rows) {
      const auto value = text.GetView(row);
      const auto count = static_cast<std::int64_t>(value.size());
      SX_TRY(reserve(count));
      if (count > 0) bytes_.UnsafeAppend(value.data(), count);
      ends_.UnsafeAppend(static_cast<std::int32_t>(bytes_.length()));
    }
    return {};
  }

  std::shared_ptr<arrow::DataType> type_;
  arrow::TypedBufferBuilder<std::int32_t> ends_;
  arrow::BufferBuilder bytes_;
  ValidityGatherer validity_;
};

// Everything else (lists, booleans, …), by Arrow's own builders.
class AnyGatherer final : public ColumnGatherer {
 public:
  explicit AnyGatherer(std::unique_ptr<arrow::ArrayBuilder> builder)
      : builder_(std::move(builder)) {}

  Result<> append(const arrow::Array& array, const RowChoice& choice) override {
    const arrow::ArraySpan span(*array.data());
    // Arrow's builders do not tell their bytes: about what the rows took where they came from.
    const auto rows = static_cast<std::uint64_t>(rows_of(array, choice));
    bytes_ += rows * bytes_per_row(array);
    if (choice.all) return from_arrow(builder_->AppendArraySlice(span, 0, array.length()));
    for (const auto row : choice.rows) {
      SX_TRY(from_arrow(builder_->AppendArraySlice(span, row, 1)));
    }
    return {};
  }

  std::uint64_t bytes() const override { return bytes_; }

  Result<std::shared_ptr<arrow::Array>> finish() override {
    bytes_ = 0;
    return from_arrow(builder_->Finish());
  }

 private:
  static std::uint64_t bytes_of(const arrow::ArrayData& data) {
    std::uint64_t sum = 0;
    for (const auto& buffer : data.buffers) {
      if (buffer) sum += static_cast<std::uint64_t>(buffer->size());
    }
    for (const auto& child : data.child_data) sum += bytes_of(*child);
    return sum;
  }

  static std::uint64_t bytes_per_row(const arrow::Array& array) {
    const auto rows = static_cast<std::uint64_t>(array.length() + array.offset());
    return rows == 0 ? 0 : 1 + bytes_of(*array.data()) / rows;
  }

  std::unique_ptr<arrow::ArrayBuilder> builder_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

Result<std::unique_ptr<ColumnGatherer>> make_gatherer(
    const std::shared_ptr<arrow::DataType>& type) {
  if (is_text_dictionary(*type)) return make_dictionary_gatherer(type);
  if (type->id() == arrow::Type::STRING || type->id() == arrow::Type::BINARY) {
    return std::make_unique<TextGatherer>(type);
  }
  if (arrow::is_primitive(type->id()) && type->id() != arrow::Type::BOOL) {
    switch (type->byte_width()) {
      case 1: return std::make_unique<FixedGatherer<std::uint8_t>>(type);
      case 2: return std::make_unique<FixedGatherer<std::uint16_t>>(type);
      case 4: return std::make_unique<FixedGatherer<std::uint32_t>>(type);
      case 8: return std::make_unique<FixedGatherer<std::uint64_t>>(type);
      default: break;
    }
  }
  SX_TRY_AS(auto builder, from_arrow(arrow::MakeBuilder(type)));
  return std::make_unique<AnyGatherer>(std::move(builder));
}

}  // namespace sextant::adapters
