#pragma once
// Follows JSON text, however it is cut into pieces, and finds the brackets that stand outside of
// strings. Vector instructions look at 64 bytes at a time.
#include <cstddef>
#include <cstdint>

namespace sextant::intel {

class JsonBrackets {
 public:
  static constexpr std::size_t kWordBytes = 64;

  // One bit a byte.
  struct Marks {
    std::uint64_t brackets = 0;
    std::uint64_t newlines = 0;  // inside of strings, where JSON has none
  };
  // Of the next `count` bytes, at most kWordBytes.
  Marks read(const char* bytes, std::size_t count);
  // What comes next stands outside of strings, or in one.
  void reset(bool in_string = false) {
    in_string_ = in_string;
    escaped_ = false;
  }

 private:
  bool in_string_ = false;
  bool escaped_ = false;  // the next byte stands behind a backslash
};

}  // namespace sextant::intel
