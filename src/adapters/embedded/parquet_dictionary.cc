#include "adapters/embedded/parquet_dictionary.h"

#include <arrow/array.h>
#include <arrow/buffer_builder.h>
#include <arrow/type.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/embedded/parquet_validity.h"
#include "core/arrow_result.h"

namespace sextant::adapters {
namespace {

constexpr std::int32_t kUnknown = -1;
constexpr std::int32_t kNull = -2;  // the dictionary itself holds a null here

std::uint64_t load_word(const char* bytes, std::size_t count) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, count);
  return word;
}

std::uint64_t hash_text(std::string_view text) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;
  std::uint64_t hash = (text.size() + 1) * kOdd;
  const char* bytes = text.data();
  std::size_t left = text.size();
  for (; left > 8; left -= 8, bytes += 8) {
    hash = (hash ^ load_word(bytes, 8)) * kOdd;
    hash ^= hash >> 29;
  }
  if (left > 0) hash = (hash ^ load_word(bytes, left)) * kOdd;
  return hash ^ (hash >> 32);
}

// Distinct texts in the order of their first use, found by hash (open addressing, linear probing).
class TextSet {
 public:
  Result<std::int32_t> find_or_add(std::string_view text) {
    if ((ends_.size() + 1) * 2 > slots_.size()) grow();
    const std::uint64_t hash = hash_text(text);
    std::size_t at = hash & mask();
    for (; slots_[at].index != kUnknown; at = (at + 1) & mask()) {
      if (slots_[at].hash == static_cast<std::uint32_t>(hash >> 32) &&
          value(slots_[at].index) == text) {
        return slots_[at].index;
      }
    }
    return add(text, hash, at);
  }

  std::size_t size() const { return ends_.size(); }
  std::uint64_t bytes() const {
    return static_cast<std::uint64_t>(bytes_.capacity()) + ends_.capacity() * 4 +
           slots_.capacity() * sizeof(Slot);
  }

  Result<std::shared_ptr<arrow::Array>> finish(const std::shared_ptr<arrow::DataType>& type) {
    arrow::TypedBufferBuilder<std::int32_t> offsets;
    const auto count = static_cast<std::int64_t>(ends_.size());
    SX_TRY(from_arrow(offsets.Reserve(count + 1)));
    offsets.UnsafeAppend(0);
    if (count > 0) offsets.UnsafeAppend(ends_.data(), count);
    SX_TRY_AS(auto offset_buffer, from_arrow(offsets.Finish()));
    SX_TRY_AS(auto bytes, from_arrow(bytes_.Finish()));
    ends_.clear();
    slots_.clear();
    return arrow::MakeArray(arrow::ArrayData::Make(
        type, count, {nullptr, std::move(offset_buffer), std::move(bytes)}, 0));
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::int32_t index = kUnknown;
  };

  std::size_t mask() const { return slots_.size() - 1; }

  std::string_view value(std::int32_t index) const {
    const auto i = static_cast<std::size_t>(index);
    const auto begin = static_cast<std::size_t>(i == 0 ? 0 : ends_[i - 1]);
    const auto* bytes = reinterpret_cast<const char*>(bytes_.data());
    return {bytes + begin, static_cast<std::size_t>(ends_[i]) - begin};
  }

  Result<std::int32_t> add(std::string_view text, std::uint64_t hash, std::size_t at) {
    const auto count = static_cast<std::int64_t>(text.size());
    if (bytes_.length() + count > std::numeric_limits<std::int32_t>::max()) {
      return fail(Code::Exhausted, "more than 2 GiB of distinct text in a row group");
    }
    SX_TRY(from_arrow(bytes_.Append(text.data(), count)));
    ends_.push_back(static_cast<std::int32_t>(bytes_.length()));
    const auto index = static_cast<std::int32_t>(ends_.size() - 1);
    slots_[at] = {.hash = static_cast<std::uint32_t>(hash >> 32), .index = index};
    return index;
  }

  void grow() {
    slots_.assign(std::max<std::size_t>(16, slots_.size() * 2), Slot{});
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      const auto index = static_cast<std::int32_t>(i);
      const std::uint64_t hash = hash_text(value(index));
      std::size_t at = hash & mask();
      while (slots_[at].index != kUnknown) at = (at + 1) & mask();
      slots_[at] = {.hash = static_cast<std::uint32_t>(hash >> 32), .index = index};
    }
  }

  std::vector<Slot> slots_;
  std::vector<std::int32_t> ends_;
  arrow::BufferBuilder bytes_;
};

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
           values_.bytes() + known_.capacity() * 4;
  }

  Result<std::shared_ptr<arrow::Array>> finish() override {
    const auto rows = indices_.length();
    SX_TRY_AS(auto indices, from_arrow(indices_.Finish()));
    SX_TRY_AS(auto validity, validity_.finish());
    SX_TRY_AS(auto dictionary, values_.finish(value_type_));
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
    SX_TRY_AS(known_[source], values_.find_or_add(texts.GetView(at)));
    return {};
  }

  std::shared_ptr<arrow::DataType> value_type_;
  std::shared_ptr<arrow::DataType> type_;
  TextSet values_;
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

Result<bool> are_distinct(const arrow::Array& values) {
  const auto& texts = static_cast<const arrow::BinaryArray&>(values);
  if (texts.null_count() > 0) return false;
  TextSet set;
  for (std::int64_t i = 0; i < texts.length(); ++i) {
    SX_TRY_AS(const auto index, set.find_or_add(texts.GetView(i)));
    if (index != i) return false;
  }
  return true;
}

}  // namespace sextant::adapters
