#include "adapters/embedded/parquet_dictionary.h"

#include <arrow/array.h>
#include <arrow/buffer_builder.h>
#include <arrow/type.h>

#include <utility>
#include <vector>

#include "adapters/embedded/parquet_validity.h"
#include "core/arrow_result.h"
#include "core/dictionary.h"

namespace sextant::adapters {
namespace {

constexpr std::int32_t kUnknown = -1;
constexpr std::int32_t kNull = -2;  // the dictionary itself holds a null here

class DictionaryGatherer final : public ColumnGatherer {
 public:
  explicit DictionaryGatherer(const arrow::DictionaryType& type)
      : value_type_(type.value_type()), type_(arrow::dictionary(arrow::int32(), value_type_)) {}

  Result<> append(const arrow::Array& array, const RowChoice& choice) override {
    const auto& column = static_cast<const arrow::DictionaryArray&>(array);
    remember(column);
    switch (column.indices()->type_id()) {
      case arrow::Type::INT8: return append_as<std::int8_t>(column, choice);
      case arrow::Type::UINT8: return append_as<std::uint8_t>(column, choice);
      case arrow::Type::INT16: return append_as<std::int16_t>(column, choice);
      case arrow::Type::UINT16: return append_as<std::uint16_t>(column, choice);
      case arrow::Type::INT32: return append_as<std::int32_t>(column, choice);
      default: return fail(Code::Invalid, "dictionary indices wider than 32 bits");
    }
  }

  std::uint64_t bytes() const override {
    return static_cast<std::uint64_t>(indices_.capacity()) * 4 + validity_.bytes() +
           values_.memory_bytes() + known_.capacity() * 4;
  }

  Result<std::shared_ptr<arrow::Array>> finish() override {
    const auto rows = indices_.length();
    SX_TRY_AS(auto indices, from_arrow(indices_.Finish()));
    SX_TRY_AS(auto validity, validity_.finish());
    const auto dictionary = values_.finish(value_type_);
    values_ = {};
    source_.reset();
    known_.clear();
    auto data = arrow::ArrayData::Make(
        type_, rows, {std::move(validity.bitmap), std::move(indices)}, validity.nulls);
    data->dictionary = dictionary->data();
    return arrow::MakeArray(data);
  }

 private:
  // Which of our values each value of the batch's dictionary is; filled as rows use it. The same
  // dictionary again needs no second look-up.
  void remember(const arrow::DictionaryArray& column) {
    const auto& dictionary = column.data()->dictionary;
    if (dictionary == source_) return;
    source_ = dictionary;
    known_.assign(static_cast<std::size_t>(dictionary->length), kUnknown);
  }

  template <typename Index>
  // The loop that every string passes: kept in one piece.
  // NOLINTNEXTLINE(readability-function-cognitive-complexity)
  Result<> append_as(const arrow::DictionaryArray& column, const RowChoice& choice) {
    const Index* indices = column.data()->GetValues<Index>(1);
    // column.dictionary() would make a shared array of them in each batch's column.
    const arrow::BinaryArray texts(column.data()->dictionary);
    SX_TRY(from_arrow(indices_.Reserve(
        choice.all ? column.length() : static_cast<std::int64_t>(choice.rows.size()))));
    // A null is almost always a null index; a null among the dictionary's values is looked at one
    // by one.
    const bool null_values = texts.null_count() > 0;
    if (!null_values) SX_TRY(validity_.append(column, choice));
    const bool has_nulls = null_values || column.null_count() > 0;
    const auto take = [&](std::int64_t row) -> Result<> {
      std::int32_t index = kNull;
      if (!has_nulls || column.IsValid(row)) {
        const auto source =
            static_cast<std::size_t>(static_cast<std::make_unsigned_t<Index>>(indices[row]));
        if (known_[source] == kUnknown) SX_TRY(look_up(texts, source));
        index = known_[source];
      }
      indices_.UnsafeAppend(index == kNull ? 0 : index);
      return null_values ? validity_.append_bit(index != kNull) : Result<>{};
    };
    if (choice.all) {
      for (std::int64_t row = 0; row < column.length(); ++row) SX_TRY(take(row));
    } else {
      for (const auto row : choice.rows) SX_TRY(take(row));
    }
    return {};
  }

  Result<> look_up(const arrow::BinaryArray& texts, std::size_t source) {
    const auto at = static_cast<std::int64_t>(source);
    if (texts.IsNull(at)) {
      known_[source] = kNull;
      return {};
    }
    const auto text = texts.GetView(at);
    if (values_.bytes() + text.size() > Dictionary::kTextBytesMax) {
      return fail(Code::Exhausted, "more than 2 GiB of distinct text in a row group");
    }
    known_[source] = values_.add(text);
    return {};
  }

  std::shared_ptr<arrow::DataType> value_type_;
  std::shared_ptr<arrow::DataType> type_;
  Dictionary values_;
  arrow::TypedBufferBuilder<std::int32_t> indices_;
  ValidityGatherer validity_;
  std::shared_ptr<arrow::ArrayData> source_;
  std::vector<std::int32_t> known_;
};

}  // namespace

std::unique_ptr<ColumnGatherer> make_dictionary_gatherer(
    const std::shared_ptr<arrow::DataType>& type) {
  return std::make_unique<DictionaryGatherer>(static_cast<const arrow::DictionaryType&>(*type));
}

bool are_distinct(const arrow::Array& values) {
  const auto& texts = static_cast<const arrow::BinaryArray&>(values);
  if (texts.null_count() > 0) return false;
  Dictionary seen;
  for (std::int64_t i = 0; i < texts.length(); ++i) {
    if (seen.add(texts.GetView(i)) != i) return false;
  }
  return true;
}

}  // namespace sextant::adapters
