#include "intel/parsers/json_brackets.h"

#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sextant::intel {
namespace {

struct Found {
  std::uint64_t quotes = 0;
  std::uint64_t backslashes = 0;
  std::uint64_t brackets = 0;
  std::uint64_t newlines = 0;
};

#ifdef __SSE2__
std::uint64_t equal_bits(const __m128i& bytes, char wanted) {
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(wanted))));
}

Found find_all(const char* at) {
  Found found;
  for (int i = 0; i < 4; ++i) {
    const auto bytes =
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + std::ptrdiff_t{16} * i));
    const auto folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));  // [ to {, ] to }
    found.quotes |= equal_bits(bytes, '"') << (16 * i);
    found.backslashes |= equal_bits(bytes, '\\') << (16 * i);
    found.brackets |= (equal_bits(folded, '{') | equal_bits(folded, '}')) << (16 * i);
    found.newlines |= equal_bits(bytes, '\n') << (16 * i);
  }
  return found;
}
#else
Found find_all(const char* at) {
  Found found;
  for (std::size_t i = 0; i < JsonBrackets::kWordBytes; ++i) {
    const auto folded = static_cast<char>(at[i] | 0x20);
    found.quotes |= std::uint64_t{at[i] == '"'} << i;
    found.backslashes |= std::uint64_t{at[i] == '\\'} << i;
    found.brackets |= std::uint64_t{folded == '{' || folded == '}'} << i;
    found.newlines |= std::uint64_t{at[i] == '\n'} << i;
  }
  return found;
}
#endif

// Each bit becomes the parity of the bits up to it.
std::uint64_t parities(std::uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

}  // namespace

JsonBrackets::Marks JsonBrackets::read(const char* bytes, std::size_t count) {
  Found found;
  std::uint64_t valid = ~std::uint64_t{0};
  if (count < kWordBytes) {
    char word[kWordBytes] = {};
    std::memcpy(word, bytes, count);
    found = find_all(word);
    valid = (std::uint64_t{1} << count) - 1;
  } else {
    found = find_all(bytes);
  }
  std::uint64_t escaped = escaped_ ? 1 : 0;
  bool next_escaped = count == 0 && escaped_;
  for (auto rest = found.backslashes & valid & ~escaped; rest != 0;) {
    const auto at = static_cast<unsigned>(std::countr_zero(rest));
    if (at + 1 == count) next_escaped = true;
    rest &= rest - 1;
    if (at == kWordBytes - 1) break;
    escaped |= std::uint64_t{1} << (at + 1);
    rest &= ~escaped;  // what is escaped escapes nothing
  }
  escaped_ = next_escaped;
  const auto quotes = found.quotes & ~escaped & valid;
  const auto inside = parities(quotes) ^ (in_string_ ? ~std::uint64_t{0} : 0);
  if (std::popcount(quotes) % 2 != 0) in_string_ = !in_string_;
  return {found.brackets & ~inside & valid, found.newlines & inside & valid};
}

}  // namespace sextant::intel
