#pragma once
// Builders of Arrow columns for stages that make rows by the million. A cell is set by row number,
// so a row that turns out bad halfway is simply set again by the next one. Faster than Arrow's own
// builders: no status per value, no validity bitmap until the end, and a dictionary that hashes a
// value once and compares it with the row before first.
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "core/columns.h"
#include "core/dictionary.h"

namespace arrow {
class ResizableBuffer;
}

namespace sextant::sdk {

// What cells may hold at most: one batch has fewer rows, and fewer bytes of text in one column.
inline constexpr std::size_t kRowsMax = std::size_t{1} << 30;

// Memory of Arrow's pool that grows without being zeroed. Ends the process when memory is out.
class GrowingBuffer {
 public:
  std::uint8_t* grow(std::size_t bytes);  // keeps the first bytes; at least `bytes` large after
  std::size_t capacity() const { return capacity_; }
  std::shared_ptr<arrow::ResizableBuffer> take(std::size_t bytes);  // cut to size; empty after

 private:
  std::shared_ptr<arrow::ResizableBuffer> buffer_;
  std::size_t capacity_ = 0;
};

// Numbers of one width: int32_t, int64_t or double. One value stands for "null".
template <typename T>
class NumberColumn {
 public:
  static constexpr T kNull = std::numeric_limits<T>::lowest();

  void set(std::size_t row, T value) {
    if (row >= capacity_) grow(row);
    cells_[row] = value;
  }
  T at(std::size_t row) const { return cells_[row]; }
  // The first `rows` cells as an array of `type`, which must have T's width. Empty after.
  ArrayPtr finish(std::size_t rows, const TypePtr& type);

 private:
  void grow(std::size_t row);
  GrowingBuffer buffer_;
  T* cells_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t rows_before_ = 0;  // of the batch before: the next one is likely as large
};
extern template class NumberColumn<std::int32_t>;
extern template class NumberColumn<std::int64_t>;
extern template class NumberColumn<double>;

// Text that hardly repeats; the empty text is null.
class StringColumn {
 public:
  void set(std::size_t row, std::string_view text);
  std::size_t bytes(std::size_t rows) const { return rows == 0 ? 0 : std::size_t(ends_[rows - 1]); }
  ArrayPtr finish_text(std::size_t rows);    // utf8
  ArrayPtr finish_binary(std::size_t rows);  // binary

 private:
  ArrayPtr finish(std::size_t rows, const TypePtr& type);
  std::vector<std::int32_t> ends_;
  GrowingBuffer buffer_;
  std::uint8_t* bytes_ = nullptr;
};

// dictionary<int32, utf8> of `indices`, where NumberColumn::kNull is null. Empties both.
ArrayPtr make_dictionary_array(NumberColumn<std::int32_t>& indices, std::size_t rows,
                               const ArrayPtr& values);

// The same text in every row: its dictionary, made once, and a column of `rows` rows of it.
ArrayPtr make_single_value(std::string_view text);
ArrayPtr make_constant_array(const ArrayPtr& single_value, std::size_t rows);

// Text that repeats: dictionary<int32, utf8>; the empty text is null.
class DictionaryColumn {
 public:
  void set(std::size_t row, std::string_view text) {
    if (text.empty()) return indices_.set(row, NumberColumn<std::int32_t>::kNull);
    if (last_ < 0 || dictionary_.at(last_) != text) last_ = dictionary_.add(text);
    indices_.set(row, last_);
  }
  Dictionary& dictionary() { return dictionary_; }
  void set_number(std::size_t row, std::int32_t number) { indices_.set(row, number); }
  std::size_t bytes() const { return dictionary_.bytes(); }
  ArrayPtr finish(std::size_t rows);

 private:
  Dictionary dictionary_;
  NumberColumn<std::int32_t> indices_;
  std::int32_t last_ = -1;
};

}  // namespace sextant::sdk
