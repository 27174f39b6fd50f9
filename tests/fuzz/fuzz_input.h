#pragma once
// What fuzz bodies share: the input as text, and a way to cut it into several arguments.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"

namespace sextant::fuzz {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// The next argument: all before the separator, which is removed too.
inline std::string_view take_until(std::string_view& rest, char separator) {
  const auto at = rest.find(separator);
  const auto piece = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return piece;
}

// The next byte as a number, 0 when there is none.
inline std::uint8_t take_byte(std::string_view& rest) {
  if (rest.empty()) return 0;
  const auto byte = static_cast<std::uint8_t>(rest.front());
  rest.remove_prefix(1);
  return byte;
}

}  // namespace sextant::fuzz
