#include "sdk/column_builders.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/type.h>

#include <algorithm>

#include "core/result.h"

namespace sextant::sdk {
namespace {

constexpr std::size_t kFirstRows = 64;

// One bit a row, set where a cell holds something; nullptr when all do. Null cells become zero.
template <typename T>
std::shared_ptr<arrow::Buffer> take_validity(T* cells, std::size_t rows, std::int64_t& nulls) {
  nulls = std::count(cells, cells + rows, NumberColumn<T>::kNull);
  if (nulls == 0) return nullptr;
  std::vector<std::uint8_t> bits((rows + 7) / 8);
  for (std::size_t row = 0; row < rows; ++row) {
    const bool valid = cells[row] != NumberColumn<T>::kNull;
    bits[row / 8] = static_cast<std::uint8_t>(bits[row / 8] | (unsigned{valid} << (row % 8)));
    if (!valid) cells[row] = 0;
  }
  return arrow::Buffer::FromVector(std::move(bits));
}

// Arrow's offsets from our ends: one more, the first is zero.
std::shared_ptr<arrow::Buffer> offsets_of(const std::int32_t* ends, std::size_t count) {
  std::vector<std::int32_t> offsets(count + 1);
  std::copy(ends, ends + count, offsets.begin() + 1);
  return arrow::Buffer::FromVector(std::move(offsets));
}

}  // namespace

std::uint8_t* GrowingBuffer::grow(std::size_t bytes) {
  const auto wanted = std::max(bytes, 2 * capacity_);
  if (!buffer_) {
    auto made = arrow::AllocateResizableBuffer(static_cast<std::int64_t>(wanted));
    SX_CHECK(made.ok());
    buffer_ = std::move(*made);
  } else {
    SX_CHECK(buffer_->Resize(static_cast<std::int64_t>(wanted), false).ok());
  }
  capacity_ = wanted;
  return buffer_->mutable_data();
}

std::shared_ptr<arrow::ResizableBuffer> GrowingBuffer::take(std::size_t bytes) {
  if (!buffer_) grow(std::max<std::size_t>(bytes, 1));
  SX_CHECK(buffer_->Resize(static_cast<std::int64_t>(bytes), false).ok());
  capacity_ = 0;
  return std::move(buffer_);
}

template <typename T>
void NumberColumn<T>::grow(std::size_t row) {
  SX_CHECK(row < kRowsMax);
  const auto rows = std::max({row + 1, 2 * capacity_, kFirstRows, rows_before_});
  cells_ = reinterpret_cast<T*>(buffer_.grow(rows * sizeof(T)));
  capacity_ = buffer_.capacity() / sizeof(T);
}

template <typename T>
ArrayPtr NumberColumn<T>::finish(std::size_t rows, const TypePtr& type) {
  std::int64_t nulls = 0;
  auto validity = take_validity(cells_, rows, nulls);
  auto cells = buffer_.take(rows * sizeof(T));
  cells_ = nullptr;
  capacity_ = 0;
  rows_before_ = rows;
  return arrow::MakeArray(arrow::ArrayData::Make(type, static_cast<std::int64_t>(rows),
                                                 {std::move(validity), std::move(cells)}, nulls));
}

template class NumberColumn<std::int32_t>;
template class NumberColumn<std::int64_t>;
template class NumberColumn<double>;

void StringColumn::set(std::size_t row, std::string_view text) {
  if (row >= ends_.size()) ends_.resize(std::max({row + 1, 2 * ends_.size(), kFirstRows}));
  const auto begin = row == 0 ? 0 : static_cast<std::size_t>(ends_[row - 1]);
  const auto end = begin + text.size();
  if (end > buffer_.capacity()) {
    SX_CHECK(end < std::numeric_limits<std::int32_t>::max());
    bytes_ = buffer_.grow(end);
  }
  if (!text.empty()) std::memcpy(bytes_ + begin, text.data(), text.size());
  ends_[row] = static_cast<std::int32_t>(end);
}

ArrayPtr StringColumn::finish_text(std::size_t rows) { return finish(rows, arrow::utf8()); }
ArrayPtr StringColumn::finish_binary(std::size_t rows) { return finish(rows, arrow::binary()); }

ArrayPtr StringColumn::finish(std::size_t rows, const TypePtr& type) {
  std::vector<std::uint8_t> bits((rows + 7) / 8);
  std::int64_t nulls = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const bool valid = ends_[row] > (row == 0 ? 0 : ends_[row - 1]);
    bits[row / 8] = static_cast<std::uint8_t>(bits[row / 8] | (unsigned{valid} << (row % 8)));
    nulls += valid ? 0 : 1;
  }
  auto validity = nulls == 0 ? nullptr : arrow::Buffer::FromVector(std::move(bits));
  auto offsets = offsets_of(ends_.data(), rows);
  auto text = buffer_.take(bytes(rows));
  bytes_ = nullptr;
  ends_.clear();
  return arrow::MakeArray(
      arrow::ArrayData::Make(type, static_cast<std::int64_t>(rows),
                             {std::move(validity), std::move(offsets), std::move(text)}, nulls));
}

ArrayPtr make_dictionary_array(NumberColumn<std::int32_t>& indices, std::size_t rows,
                               const ArrayPtr& values) {
  static const auto kType = arrow::dictionary(arrow::int32(), arrow::utf8());
  return std::make_shared<arrow::DictionaryArray>(kType, indices.finish(rows, arrow::int32()),
                                                  values);
}

ArrayPtr make_single_value(std::string_view text) {
  Dictionary dictionary;
  dictionary.add(text);
  return dictionary.finish();
}

ArrayPtr make_constant_array(const ArrayPtr& single_value, std::size_t rows) {
  NumberColumn<std::int32_t> indices;
  for (std::size_t row = rows; row-- > 0;) indices.set(row, 0);  // room for all at once
  return make_dictionary_array(indices, rows, single_value);
}

ArrayPtr DictionaryColumn::finish(std::size_t rows) {
  last_ = -1;
  return make_dictionary_array(indices_, rows, dictionary_.finish());
}

}  // namespace sextant::sdk
