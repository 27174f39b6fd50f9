#pragma once
// Distinct texts, numbered: what dictionary columns are made with, where rows are parsed and where
// they are written. The texts come from whoever writes the logs, so the hash is seeded anew in each
// process: nobody outside can make many of them collide.
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "core/columns.h"

namespace sextant {

// Numbers are given in the order in which texts are first seen. One thread at a time.
class Dictionary {
 public:
  static constexpr std::int32_t kNone = -1;
  static constexpr std::size_t kTextBytesMax = std::numeric_limits<std::int32_t>::max();

  std::int32_t find(std::string_view text) const { return find(text, hash(text)); }
  // Finds or adds. Ends the process beyond kTextBytesMax of all texts together.
  std::int32_t add(std::string_view text) { return add(text, hash(text)); }
  std::string_view at(std::int32_t index) const {
    const auto begin = index == 0 ? 0 : ends_[std::size_t(index) - 1];
    return {text_.data() + begin, std::size_t(ends_[std::size_t(index)] - begin)};
  }
  std::int32_t size() const { return std::int32_t(ends_.size()); }
  std::size_t bytes() const { return text_.size(); }  // of all texts
  std::size_t memory_bytes() const {
    return text_.capacity() + ends_.capacity() * sizeof(std::int32_t) +
           slots_.capacity() * sizeof(Slot);
  }
  // The most that it holds while a text of that length is added: what grows is there twice
  // meanwhile.
  std::size_t memory_bytes_to_add(std::size_t length) const;
  // The texts as an array of `type`: utf8 or binary. Empty after, and keeps the memory of its
  // slots.
  ArrayPtr finish(const TypePtr& type);
  ArrayPtr finish();  // utf8

  // For callers that decide between find and add: hash once.
  static std::uint64_t hash(std::string_view text);
  std::int32_t find(std::string_view text, std::uint64_t hash) const;
  std::int32_t add(std::string_view text, std::uint64_t hash);
  // A large dictionary is not in the processor's nearest memory. Callers that know several texts
  // ahead hash them all, ask for their places, then look them up: the waits overlap.
  bool large() const { return slots_.size() > 1024; }
  void prefetch(std::uint64_t hash) const;

 private:
  // Holds all that a comparison needs but the text itself: memory is what a look-up waits for.
  struct Slot {
    std::uint32_t tag = 0;
    std::int32_t index = kNone;
    std::uint32_t begin = 0;
    std::uint32_t length = 0;
  };
  Slot& free_slot(std::uint32_t tag);
  void rehash();
  std::vector<Slot> slots_;  // a power of two, at most half full
  std::vector<std::int32_t> ends_;
  std::vector<char> text_;
};

}  // namespace sextant
