#include "sdk/column_builders.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/type.h>

#include <algorithm>

#include "core/random.h"
#include "core/result.h"

namespace sextant::sdk {
namespace {

constexpr std::size_t kFirstRows = 64;
constexpr std::size_t kFirstSlots = 64;

std::uint64_t make_seed() {
  const auto bytes = random_bytes(sizeof(std::uint64_t));
  std::uint64_t seed = 0;
  std::memcpy(&seed, bytes.data(), sizeof seed);
  return seed;
}

// Unknown to whoever writes the logs, so that nobody can make many texts collide.
const std::uint64_t kSeed = make_seed();

std::uint64_t load_8(const char* at) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// The two halves of the 128-bit product, folded: every bit of both factors reaches every bit.
std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Product = unsigned __int128;
  const auto product = Product{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

constexpr std::uint64_t kOdd1 = 0x9e3779b97f4a7c15;  // 2^64 / golden ratio
constexpr std::uint64_t kOdd2 = 0xd1b54a32d192ed03;  // 2^64 / plastic number, made odd
constexpr std::uint64_t kOdd3 = 0xaef17502108ef2d9;

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

std::uint64_t Dictionary::hash(std::string_view text) {
  const char* at = text.data();
  auto left = text.size();
  auto state = kSeed ^ (left * kOdd1);
  for (; left > 16; left -= 16, at += 16) {
    state = fold(load_8(at) ^ kOdd2, load_8(at + 8) ^ state);
  }
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  if (left >= 8) {
    a = load_8(at);
    b = load_8(at + left - 8);
  } else if (left > 0) {
    std::memcpy(&a, at, left);
  }
  return fold(a ^ kOdd3, b ^ state ^ kOdd1);
}

std::int32_t Dictionary::find(std::string_view text, std::uint64_t hash) const {
  if (slots_.empty()) return kNone;
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  const auto mask = slots_.size() - 1;
  for (auto at = hash & mask;; at = (at + 1) & mask) {
    const auto& slot = slots_[at];
    if (slot.index == kNone) return kNone;
    if (slot.tag == tag && slot.length == text.size() &&
        std::memcmp(text_.data() + slot.begin, text.data(), text.size()) == 0) {
      return slot.index;
    }
  }
}

void Dictionary::prefetch(std::uint64_t hash) const {
  if (!slots_.empty()) __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
}

Dictionary::Slot& Dictionary::free_slot(std::uint64_t hash) {
  const auto mask = slots_.size() - 1;
  auto at = hash & mask;
  while (slots_[at].index != kNone) at = (at + 1) & mask;
  return slots_[at];
}

std::int32_t Dictionary::add(std::string_view text, std::uint64_t hash) {
  if (const auto found = find(text, hash); found != kNone) return found;
  if (2 * (ends_.size() + 1) > slots_.size()) rehash();
  free_slot(hash) = {.tag = static_cast<std::uint32_t>(hash >> 32),
                     .index = size(),
                     .begin = static_cast<std::uint32_t>(text_.size()),
                     .length = static_cast<std::uint32_t>(text.size())};
  text_.insert(text_.end(), text.begin(), text.end());
  SX_CHECK(text_.size() < std::numeric_limits<std::int32_t>::max());
  ends_.push_back(static_cast<std::int32_t>(text_.size()));
  return size() - 1;
}

void Dictionary::rehash() {
  const auto before =
      std::exchange(slots_, std::vector<Slot>(std::max(kFirstSlots, 2 * slots_.size())));
  for (const auto& slot : before) {
    if (slot.index != kNone) free_slot(hash(at(slot.index))) = slot;
  }
}

ArrayPtr Dictionary::finish() {
  auto offsets = offsets_of(ends_.data(), ends_.size());
  const auto count = size();
  auto text = arrow::Buffer::FromVector(std::move(text_));
  text_ = {};
  ends_.clear();
  std::fill(slots_.begin(), slots_.end(), Slot{});
  return std::make_shared<arrow::StringArray>(count, std::move(offsets), std::move(text));
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
