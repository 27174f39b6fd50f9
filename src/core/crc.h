#pragma once
// The checksums that neither OpenSSL nor ISA-L has, as running values: start with 0, pass each
// result on to the next piece. Used by Hasher; stored formats may use them directly.
#include <cstdint>
#include <string_view>

namespace sextant::crc {

// CRC-32C (Castagnoli, RFC 3720 §12.1); with the processor's instruction where it has one.
std::uint32_t crc32c(std::uint32_t so_far, std::string_view bytes);
std::uint32_t crc32c_by_table(std::uint32_t so_far, std::string_view bytes);

// CRC-64/NVME (NVM Express NVM command set 1.0, §5.2.1.3.4), S3's default checksum.
std::uint64_t crc64nvme(std::uint64_t so_far, std::string_view bytes);
std::uint64_t crc64nvme_by_table(std::uint64_t so_far, std::string_view bytes);

}  // namespace sextant::crc
