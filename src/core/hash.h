#pragma once
// Digests and checksums. The incremental ones are for bodies that pass by in chunks.
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sextant {

using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest sha256(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view message);  // 32 raw bytes

enum class HashKind { Md5, Sha1, Sha256, Crc32, Crc32c, Crc64Nvme };

class Hasher {
 public:
  explicit Hasher(HashKind kind);
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();
  void update(std::string_view bytes);
  std::string finish();  // raw digest, big-endian for the CRCs (as S3 encodes them); once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string hash(HashKind kind, std::string_view bytes);

// Compares secrets without telling by its time where they differ.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace sextant
