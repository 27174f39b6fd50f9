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

// Length of the well-formed sequence at `at`; 0 when there is none.
// UTF-8's own table of cases.
// NOLINTNEXTLINE(readability-function-cognitive-complexity)
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
