#include "core/hash.h"

#include <isa-l/crc.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "core/crc.h"
#include "core/encoding.h"
#include "core/result.h"

namespace sextant {
namespace {

// Fetched once: an implicit fetch at every digest costs more than hashing a short string.
const EVP_MD* digest_of(HashKind kind) {
  static EVP_MD* const md5 = EVP_MD_fetch(nullptr, "MD5", nullptr);
  static EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  switch (kind) {
    case HashKind::Md5: return md5;
    case HashKind::Sha1: return sha1;
    case HashKind::Sha256: return sha256;
    default: return nullptr;
  }
}

template <typename Word>
std::string big_endian(Word value) {
  std::string bytes(sizeof value, '\0');
  for (std::size_t i = 0; i < sizeof value; ++i) {
    bytes[sizeof value - 1 - i] = static_cast<char>(value >> (8 * i));
  }
  return bytes;
}

}  // namespace

struct Hasher::State {
  HashKind kind;
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> digest{nullptr, EVP_MD_CTX_free};
  std::uint64_t crc = 0;  // of the kinds that OpenSSL has not
};

Hasher::Hasher(HashKind kind) : state_(std::make_unique<State>(kind)) {
  if (const EVP_MD* digest = digest_of(kind)) {
    state_->digest.reset(EVP_MD_CTX_new());
    SX_CHECK(EVP_DigestInit_ex2(state_->digest.get(), digest, nullptr) == 1);
  }
}

Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::update(std::string_view bytes) {
  switch (state_->kind) {
    case HashKind::Crc32:
      state_->crc =
          crc32_gzip_refl(static_cast<std::uint32_t>(state_->crc),
                          reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
      return;
    case HashKind::Crc32c:
      state_->crc = crc::crc32c(static_cast<std::uint32_t>(state_->crc), bytes);
      return;
    case HashKind::Crc64Nvme: state_->crc = crc::crc64nvme(state_->crc, bytes); return;
    default: SX_CHECK(EVP_DigestUpdate(state_->digest.get(), bytes.data(), bytes.size()) == 1);
  }
}

std::string Hasher::finish() {
  switch (state_->kind) {
    case HashKind::Crc32:
    case HashKind::Crc32c: return big_endian(static_cast<std::uint32_t>(state_->crc));
    case HashKind::Crc64Nvme: return big_endian(state_->crc);
    default: break;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned size = 0;
  SX_CHECK(EVP_DigestFinal_ex(state_->digest.get(), raw.data(), &size) == 1);
  return {reinterpret_cast<const char*>(raw.data()), size};
}

std::string hash(HashKind kind, std::string_view bytes) {
  Hasher hasher(kind);
  hasher.update(bytes);
  return hasher.finish();
}

Sha256Digest sha256(std::string_view bytes) {
  Sha256Digest digest{};
  SX_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr,
                      digest_of(HashKind::Sha256), nullptr) == 1);
  return digest;
}

std::string sha256_hex(std::string_view bytes) {
  const Sha256Digest digest = sha256(bytes);
  return hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

// RFC 2104 over the digest above: OpenSSL's own HMAC calls fetch and allocate at every use.
std::string hmac_sha256(std::string_view key, std::string_view message) {
  constexpr std::size_t kBlock = 64;
  std::string block(key);
  if (block.size() > kBlock) block = hash(HashKind::Sha256, key);
  block.resize(kBlock, '\0');

  for (char& c : block) c = static_cast<char>(c ^ 0x36);
  Hasher inner(HashKind::Sha256);
  inner.update(block);
  inner.update(message);

  for (char& c : block) c = static_cast<char>(c ^ 0x36 ^ 0x5C);
  Hasher outer(HashKind::Sha256);
  outer.update(block);
  outer.update(inner.finish());
  OPENSSL_cleanse(block.data(), block.size());
  return outer.finish();
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace sextant
