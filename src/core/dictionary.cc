#include "core/dictionary.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/type.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "core/random.h"
#include "core/result.h"

namespace sextant {
namespace {

constexpr std::size_t kFirstSlots = 64;
constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;  // 2^64 / golden ratio

std::uint64_t load_8(const char* at) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

using Seeds = std::array<std::uint64_t, 3>;

Seeds make_seeds() {
  const auto bytes = random_bytes(sizeof(Seeds));
  Seeds seeds = {};
  std::memcpy(seeds.data(), bytes.data(), sizeof seeds);
  return seeds;
}

// Unknown to whoever writes the logs. Every factor of a product below has one of them in it: a
// factor that a text could make zero would wipe out all that came before.
const Seeds kSeeds = make_seeds();

// The two halves of the 128-bit product, folded: every bit of both factors reaches every bit.
std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Product = unsigned __int128;
  const auto product = Product{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// What a slot keeps of a hash; it gives the slot's place, too, so that growing reads no text.
std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

// Arrow's offsets from our ends: one more, the first is zero.
std::shared_ptr<arrow::Buffer> dictionary_offsets(const std::vector<std::int32_t>& ends) {
  std::vector<std::int32_t> offsets(ends.size() + 1);
  std::ranges::copy(ends, offsets.begin() + 1);
  return arrow::Buffer::FromVector(std::move(offsets));
}

}  // namespace

std::uint64_t Dictionary::hash(std::string_view text) {
  const char* at = text.data();
  auto left = text.size();
  auto state = kSeeds[0] ^ (left * kOdd);
  for (; left > 16; left -= 16, at += 16) {
    state = fold(load_8(at) ^ kSeeds[1], load_8(at + 8) ^ state);
  }
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  if (left >= 8) {
    a = load_8(at);
    b = load_8(at + left - 8);
  } else if (left > 0) {
    std::memcpy(&a, at, left);
  }
  return fold(a ^ kSeeds[2], b ^ state);
}

std::int32_t Dictionary::find(std::string_view text, std::uint64_t hash) const {
  if (slots_.empty()) return kNone;
  const auto tag = tag_of(hash);
  const auto mask = slots_.size() - 1;
  for (auto at = tag & mask;; at = (at + 1) & mask) {
    const auto& slot = slots_[at];
    if (slot.index == kNone) return kNone;
    if (slot.tag == tag && slot.length == text.size() &&
        std::string_view(text_.data() + slot.begin, slot.length) == text) {  // which may be null
      return slot.index;
    }
  }
}

void Dictionary::prefetch(std::uint64_t hash) const {
  if (!slots_.empty()) __builtin_prefetch(&slots_[tag_of(hash) & (slots_.size() - 1)]);
}

Dictionary::Slot& Dictionary::free_slot(std::uint32_t tag) {
  const auto mask = slots_.size() - 1;
  auto at = tag & mask;
  while (slots_[at].index != kNone) at = (at + 1) & mask;
  return slots_[at];
}

std::int32_t Dictionary::add(std::string_view text, std::uint64_t hash) {
  if (const auto found = find(text, hash); found != kNone) return found;
  if (2 * (ends_.size() + 1) > slots_.size()) rehash();
  const auto tag = tag_of(hash);
  free_slot(tag) = {.tag = tag,
                    .index = size(),
                    .begin = static_cast<std::uint32_t>(text_.size()),
                    .length = static_cast<std::uint32_t>(text.size())};
  text_.insert(text_.end(), text.begin(), text.end());
  SX_CHECK(text_.size() <= kTextBytesMax);
  ends_.push_back(static_cast<std::int32_t>(text_.size()));
  return size() - 1;
}

std::size_t Dictionary::memory_bytes_to_add(std::size_t length) const {
  auto bytes = memory_bytes();
  if (text_.size() + length > text_.capacity())
    bytes += text_.size() + std::max(text_.size(), length);
  if (ends_.size() == ends_.capacity())
    bytes += 2 * std::max<std::size_t>(1, ends_.size()) * sizeof(std::int32_t);
  if (2 * (ends_.size() + 1) > slots_.size())
    bytes += std::max(kFirstSlots, 2 * slots_.size()) * sizeof(Slot);
  return bytes;
}

void Dictionary::rehash() {
  const auto before =
      std::exchange(slots_, std::vector<Slot>(std::max(kFirstSlots, 2 * slots_.size())));
  for (const auto& slot : before) {
    if (slot.index != kNone) free_slot(slot.tag) = slot;
  }
}

ArrayPtr Dictionary::finish(const TypePtr& type) {
  auto offsets = dictionary_offsets(ends_);
  const auto count = size();
  auto text = arrow::Buffer::FromVector(std::exchange(text_, {}));
  ends_.clear();
  std::ranges::fill(slots_, Slot{});
  return arrow::MakeArray(
      arrow::ArrayData::Make(type, count, {nullptr, std::move(offsets), std::move(text)}, 0));
}

ArrayPtr Dictionary::finish() { return finish(arrow::utf8()); }

}  // namespace sextant
