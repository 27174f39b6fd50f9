#pragma once
// A place in a text, for people: messages with a line, and AWS's answers that name one.
#include <cstdint>

namespace sextant {

struct TextPosition {
  std::uint32_t line = 0;    // from 1; 0: nowhere
  std::uint32_t column = 0;  // from 1, in bytes
  friend bool operator==(const TextPosition&, const TextPosition&) = default;
};

}  // namespace sextant
