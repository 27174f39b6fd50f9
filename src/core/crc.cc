#include "core/crc.h"

#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sextant::crc {
namespace {

static_assert(std::endian::native == std::endian::little);

// Slicing by 8: table[k][b] is the checksum of byte b followed by k zero bytes.
template <typename Word>
using CrcTables = std::array<std::array<Word, 256>, 8>;

template <typename Word>
constexpr CrcTables<Word> make_tables(Word polynomial_reflected) {
  CrcTables<Word> tables{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    auto value = static_cast<Word>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1) ^ ((value & 1) != 0 ? polynomial_reflected : 0);
    }
    tables[0][byte] = value;
  }
  for (std::size_t slice = 1; slice < 8; ++slice) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const Word before = tables[slice - 1][byte];
      tables[slice][byte] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}

constexpr CrcTables<std::uint32_t> kCastagnoli = make_tables<std::uint32_t>(0x82F63B78);
constexpr CrcTables<std::uint64_t> kNvme = make_tables<std::uint64_t>(0x9A6C9329AC4BC9B5);

std::uint64_t load64(const char* from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

template <typename Word>
Word crc_by_table(const CrcTables<Word>& tables, Word so_far, std::string_view bytes) {
  Word crc = ~so_far;
  while (bytes.size() >= 8) {
    const std::uint64_t word = load64(bytes.data()) ^ crc;
    crc = 0;
    for (unsigned slice = 0; slice < 8; ++slice) {
      crc ^= tables[7 - slice][(word >> (8 * slice)) & 0xFF];
    }
    bytes.remove_prefix(8);
  }
  for (const char c : bytes) {
    crc = (crc >> 8) ^ tables[0][(crc ^ static_cast<std::uint8_t>(c)) & 0xFF];
  }
  return ~crc;
}

#if defined(__x86_64__)

__attribute__((target("sse4.2"))) std::uint32_t crc32c_by_instruction(std::uint32_t so_far,
                                                                      std::string_view bytes) {
  std::uint64_t crc = ~so_far;
  while (bytes.size() >= 8) {
    crc = _mm_crc32_u64(crc, load64(bytes.data()));
    bytes.remove_prefix(8);
  }
  auto rest = static_cast<std::uint32_t>(crc);
  for (const char c : bytes) rest = _mm_crc32_u8(rest, static_cast<std::uint8_t>(c));
  return ~rest;
}

#endif

}  // namespace

std::uint32_t crc32c_by_table(std::uint32_t so_far, std::string_view bytes) {
  return crc_by_table(kCastagnoli, so_far, bytes);
}

std::uint64_t crc64nvme_by_table(std::uint64_t so_far, std::string_view bytes) {
  return crc_by_table(kNvme, so_far, bytes);
}

std::uint32_t crc32c(std::uint32_t so_far, std::string_view bytes) {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction) return crc32c_by_instruction(so_far, bytes);
#endif
  return crc32c_by_table(so_far, bytes);
}

std::uint64_t crc64nvme(std::uint64_t so_far, std::string_view bytes) {
  return crc64nvme_by_table(so_far, bytes);
}

}  // namespace sextant::crc
