#include "intel/parsers/text_bytes.h"

#include <cstdint>
#include <cstring>

namespace sextant::intel {
namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : 0;
}

bool continues(std::uint8_t byte) { return (byte & 0xC0) == 0x80; }

// Length of the well-formed sequence at `at`; 0 when there is none.
std::size_t sequence_at(std::string_view bytes, std::size_t at) {
  const auto first = byte_at(bytes, at);
  const auto second = byte_at(bytes, at + 1);
  if (first != 0 && first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !continues(second)) return 0;
  if (first < 0xE0) return 2;
  if (!continues(byte_at(bytes, at + 2))) return 0;
  if (first < 0xF0) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  const bool overlong = first == 0xF0 && second < 0x90;
  const bool too_large = first == 0xF4 && second > 0x8F;
  return overlong || too_large || !continues(byte_at(bytes, at + 3)) ? 0 : 4;
}

}  // namespace

bool is_plain(std::string_view bytes) {
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::uint64_t bad = 0;
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    bad |= word | (word - kOnes);  // a high bit; or a borrow, which only a zero byte makes
  }
  for (; at < bytes.size(); ++at) {
    const auto byte = byte_at(bytes, at);
    if (byte == 0 || byte >= 0x80) return false;
  }
  return (bad & kHigh) == 0;
}

void escape_into(std::string_view bytes, std::string& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  out.clear();
  for (std::size_t at = 0; at < bytes.size();) {
    const auto length = sequence_at(bytes, at);
    if (length > 0) {
      out.append(bytes.substr(at, length));
      at += length;
      continue;
    }
    const auto byte = byte_at(bytes, at++);
    out.append("\\x").push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
}

}  // namespace sextant::intel
