#include "intel/parsers/tokens.h"

#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sextant::intel {
namespace {

constexpr std::size_t kWordBytes = 64;

#ifdef __SSE2__
std::uint64_t equal_bits(const __m128i (&bytes)[4], char wanted) {
  const auto pattern = _mm_set1_epi8(wanted);
  std::uint64_t bits = 0;
  for (int i = 0; i < 4; ++i) {
    const auto equal = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes[i], pattern)));
    bits |= std::uint64_t{equal} << (16 * i);
  }
  return bits;
}

void mark_word(const char* at, std::uint64_t& spaces, std::uint64_t& quotes) {
  __m128i bytes[4];
  for (int i = 0; i < 4; ++i) {
    bytes[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + std::ptrdiff_t{16} * i));
  }
  spaces = equal_bits(bytes, ' ');
  quotes = equal_bits(bytes, '"');
}
#else
void mark_word(const char* at, std::uint64_t& spaces, std::uint64_t& quotes) {
  spaces = quotes = 0;
  for (std::size_t i = 0; i < kWordBytes; ++i) {
    spaces |= std::uint64_t{at[i] == ' '} << i;
    quotes |= std::uint64_t{at[i] == '"'} << i;
  }
}
#endif

// The first mark at or behind `from`; there is one behind the line's end, so that this ends.
std::size_t next(const std::uint64_t* marks, std::size_t from) {
  auto word = from / kWordBytes;
  auto bits = marks[word] >> (from % kWordBytes);
  if (bits != 0) return from + static_cast<std::size_t>(std::countr_zero(bits));
  do {
    bits = marks[++word];
  } while (bits == 0);
  return word * kWordBytes + static_cast<std::size_t>(std::countr_zero(bits));
}

}  // namespace

void Tokens::mark(std::string_view line) {
  const auto words = line.size() / kWordBytes + 1;
  if (spaces_.size() < words) {
    spaces_.resize(2 * words);
    quotes_.resize(2 * words);
  }
  std::size_t word = 0;
  for (; word + 1 < words; ++word) {
    mark_word(line.data() + word * kWordBytes, spaces_[word], quotes_[word]);
  }
  char tail[kWordBytes] = {};
  const auto left = line.size() % kWordBytes;
  if (left > 0) std::memcpy(tail, line.data() + word * kWordBytes, left);
  mark_word(tail, spaces_[word], quotes_[word]);
  spaces_[word] |= std::uint64_t{1} << left;
  quotes_[word] |= std::uint64_t{1} << left;
}

bool Tokens::cut(std::string_view line, std::span<std::string_view> fields) {
  mark(line);
  count_ = 0;
  rest_ = {};
  std::size_t at = 0;
  while (at < line.size()) {
    if (count_ == fields.size()) {
      rest_ = line.substr(at);
      return true;
    }
    std::size_t end = 0;
    if (line[at] == '"') {
      end = next(quotes_.data(), at + 1);
      while (end + 1 < line.size() && line[end + 1] != ' ') end = next(quotes_.data(), end + 1);
      if (end >= line.size()) return false;
      fields[count_++] = line.substr(at + 1, end - at - 1);
      ++end;
    } else {
      end = next(spaces_.data(), at);
      fields[count_++] = line.substr(at, end - at);
    }
    at = end + 1;
  }
  return true;
}

}  // namespace sextant::intel
