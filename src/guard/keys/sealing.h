#pragma once
// Encryption of secrets at rest: AES-256-GCM, bound to a context, so that a sealed text of one
// record cannot stand in for another's. Each seal uses a key of its own, derived from a fresh salt,
// so a nonce never repeats under one key. Format: docs/formats/secrets.md.
#include <string>
#include <string_view>

#include "core/result.h"

namespace sextant::guard {

inline constexpr std::size_t kSealingKeyBytes = 32;

class SealingKey {
 public:
  static SealingKey make();                                      // unpredictable
  static Result<SealingKey> from_bytes(std::string_view bytes);  // Corrupt unless 32 bytes
  SealingKey(SealingKey&& other) noexcept;
  SealingKey& operator=(SealingKey&& other) noexcept;
  ~SealingKey();  // wipes the key

  std::string seal(std::string_view plain, std::string_view context) const;
  // Corrupt: changed, cut short, of another context or sealed under another key.
  Result<std::string> open(std::string_view sealed, std::string_view context) const;

  std::string_view bytes() const { return bytes_; }

 private:
  explicit SealingKey(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string bytes_;
};

}  // namespace sextant::guard
