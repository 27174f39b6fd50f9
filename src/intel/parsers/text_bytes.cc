#include "intel/parsers/text_bytes.h"

#include <bit>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sextant::intel {
namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : 0;
}

bool continues(std::uint8_t byte) { return (byte & 0xC0) == 0x80; }

// What the second byte must be, by the first: no overlong forms, no surrogates, nothing beyond
// U+10FFFF.
bool may_follow(std::uint8_t first, std::uint8_t second) {
  if (first == 0xE0) return second >= 0xA0 && second <= 0xBF;
  if (first == 0xED) return second >= 0x80 && second <= 0x9F;
  if (first == 0xF0) return second >= 0x90 && second <= 0xBF;
  if (first == 0xF4) return second >= 0x80 && second <= 0x8F;
  return continues(second);
}

// Length of the well-formed sequence at `at`; 0 when there is none.
std::size_t sequence_at(std::string_view bytes, std::size_t at) {
  const auto first = byte_at(bytes, at);
  if (first != 0 && first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  if (!may_follow(first, byte_at(bytes, at + 1))) return 0;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  for (std::size_t more = 2; more < length; ++more) {
    if (!continues(byte_at(bytes, at + more))) return 0;
  }
  return length;
}

}  // namespace

FirstLine first_line(std::string_view text) {
  FirstLine line;
#ifdef __SSE2__
  const auto newline = _mm_set1_epi8('\n');
  const auto zero = _mm_setzero_si128();
  for (; line.length + 16 <= text.size(); line.length += 16) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + line.length));
    const auto ends = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, newline)));
    // The sign bit: of bytes that are not ASCII, and of zero bytes after the comparison.
    auto special =
        static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(bytes, _mm_cmpeq_epi8(bytes, zero))));
    if (ends != 0) {
      const auto before = static_cast<unsigned>(std::countr_zero(ends));
      special &= (1U << before) - 1;
      line.plain = line.plain && special == 0;
      line.length += before;
      return line;
    }
    line.plain = line.plain && special == 0;
  }
#endif
  for (; line.length < text.size() && text[line.length] != '\n'; ++line.length) {
    const auto byte = byte_at(text, line.length);
    if (byte == 0 || byte >= 0x80) line.plain = false;
  }
  return line;
}

bool is_plain(std::string_view text) {
  for (;;) {
    const auto line = first_line(text);
    if (!line.plain) return false;
    if (line.length == text.size()) return true;
    text.remove_prefix(line.length + 1);
  }
}

void escape_into(std::string_view bytes, std::string& out, std::string_view backslash) {
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
    out.append(backslash).append("x").push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
}

}  // namespace sextant::intel
