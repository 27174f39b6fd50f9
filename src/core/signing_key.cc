#include "core/signing_key.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <utility>

#include "core/hash.h"

namespace sextant {
namespace {

constexpr unsigned int kBits = 3'072;
constexpr int kBitsMin = 2'048;
constexpr std::size_t kPemBytesMax = 64 * 1'024;

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using MdContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

KeyHandle owned(EVP_PKEY* key) { return {key, &EVP_PKEY_free}; }

bool is_rsa(EVP_PKEY* key) {
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= kBitsMin;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// i2d functions allocate when they are given no room.
template <typename Write>
std::string der_of(Write&& write) {
  unsigned char* bytes = nullptr;
  const int size = write(&bytes);
  SX_CHECK(size > 0);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_clear_free(bytes, static_cast<std::size_t>(size));
  return der;
}

}  // namespace

Result<VerifyingKey> VerifyingKey::from_pem(std::string_view pem) {
  const auto refused = [] { return fail(Code::Invalid, "this is not an RSA public key in PEM"); };
  if (pem.empty() || pem.size() > kPemBytesMax) return refused();
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  SX_CHECK(bio != nullptr);
  auto key = owned(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  if (key == nullptr || !is_rsa(key.get())) return refused();
  return VerifyingKey(std::move(key));
}

std::string VerifyingKey::pem() const {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  SX_CHECK(bio != nullptr && PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string VerifyingKey::fingerprint() const {
  return sha256_hex(der_of([&](unsigned char** out) { return i2d_PUBKEY(key_.get(), out); }));
}

bool VerifyingKey::verifies(std::string_view message, std::string_view signature) const {
  const MdContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  SX_CHECK(context != nullptr);
  SX_CHECK(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
                          message.size()) == 1;
}

SigningKey SigningKey::make() {
  auto key = owned(EVP_RSA_gen(kBits));
  SX_CHECK(key != nullptr);
  return SigningKey(std::move(key));
}

Result<SigningKey> SigningKey::from_der(std::string_view der) {
  const auto* at = bytes_of(der);
  auto key = owned(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
  if (key == nullptr || !is_rsa(key.get()))
    return fail(Code::Corrupt, "the node's signing key is not an RSA key");
  return SigningKey(std::move(key));
}

std::string SigningKey::der() const {
  return der_of([&](unsigned char** out) { return i2d_PrivateKey(key_.get(), out); });
}

std::string SigningKey::sign(std::string_view message) const {
  const MdContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  SX_CHECK(context != nullptr);
  SX_CHECK(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  std::size_t size = signature.size();
  SX_CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                          bytes_of(message), message.size()) == 1);
  signature.resize(size);
  return signature;
}

}  // namespace sextant
