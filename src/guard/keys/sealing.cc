#include "guard/keys/sealing.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <memory>
#include <utility>

#include "core/hash.h"
#include "core/random.h"

namespace sextant::guard {
namespace {

// version ‖ salt ‖ nonce ‖ ciphertext ‖ tag
constexpr char kVersion = 1;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kHeadBytes = 1 + kSaltBytes + kNonceBytes;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

enum class Direction { Open = 0, Seal = 1 };

// A cipher that is keyed and has seen the context. The sizes here fit int: secrets are small.
Cipher start(std::string_view key, std::string_view head, std::string_view context,
             Direction direction) {
  std::string derived =
      hmac_sha256(key, "sextant seal" + std::string(head.substr(0, 1 + kSaltBytes)));
  Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  SX_CHECK(cipher != nullptr);
  SX_CHECK(EVP_CipherInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(derived),
                             bytes_of(head.substr(1 + kSaltBytes)),
                             static_cast<int>(direction)) == 1);
  OPENSSL_cleanse(derived.data(), derived.size());
  int count = 0;
  SX_CHECK(EVP_CipherUpdate(cipher.get(), nullptr, &count, bytes_of(context),
                            static_cast<int>(context.size())) == 1);
  return cipher;
}

std::unexpected<Error> not_ours() {
  return fail(Code::Corrupt, "a sealed secret does not open with this node's key");
}

}  // namespace

SealingKey SealingKey::make() { return SealingKey(random_bytes(kSealingKeyBytes)); }

Result<SealingKey> SealingKey::from_bytes(std::string_view bytes) {
  if (bytes.size() != kSealingKeyBytes) {
    return fail(Code::Corrupt, "a key must have " + std::to_string(kSealingKeyBytes) + " bytes");
  }
  return SealingKey(std::string(bytes));
}

// Copied, not moved: a moved-from string may keep the key's bytes.
// NOLINTNEXTLINE(performance-move-constructor-init)
SealingKey::SealingKey(SealingKey&& other) noexcept : bytes_(other.bytes_) {
  OPENSSL_cleanse(other.bytes_.data(), other.bytes_.size());
}

SealingKey& SealingKey::operator=(SealingKey&& other) noexcept {
  bytes_ = other.bytes_;
  OPENSSL_cleanse(other.bytes_.data(), other.bytes_.size());
  return *this;
}

SealingKey::~SealingKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

std::string SealingKey::seal(std::string_view plain, std::string_view context) const {
  std::string sealed(1, kVersion);
  sealed += random_bytes(kSaltBytes + kNonceBytes);
  const auto cipher = start(bytes_, sealed, context, Direction::Seal);
  sealed.resize(kHeadBytes + plain.size() + kTagBytes);
  int count = 0;
  SX_CHECK(EVP_CipherUpdate(cipher.get(), bytes_of(sealed) + kHeadBytes, &count, bytes_of(plain),
                            static_cast<int>(plain.size())) == 1);
  SX_CHECK(EVP_CipherFinal_ex(cipher.get(), bytes_of(sealed) + kHeadBytes + count, &count) == 1);
  SX_CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes,
                               bytes_of(sealed) + sealed.size() - kTagBytes) == 1);
  return sealed;
}

Result<std::string> SealingKey::open(std::string_view sealed, std::string_view context) const {
  if (sealed.size() < kHeadBytes + kTagBytes || sealed.front() != kVersion) return not_ours();
  const auto cipher = start(bytes_, sealed.substr(0, kHeadBytes), context, Direction::Open);
  const auto hidden = sealed.substr(kHeadBytes, sealed.size() - kHeadBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string plain(hidden.size(), '\0');
  int count = 0;
  SX_CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1);
  const bool opened = EVP_CipherUpdate(cipher.get(), bytes_of(plain), &count, bytes_of(hidden),
                                       static_cast<int>(hidden.size())) == 1 &&
                      EVP_CipherFinal_ex(cipher.get(), bytes_of(plain) + count, &count) == 1;
  if (!opened) return not_ours();
  return plain;
}

}  // namespace sextant::guard
