#pragma once
// The key that the node signs with what others must be able to check without it: the digests of the
// audit log. RSA with SHA-256 (PKCS #1 v1.5), as CloudTrail signs its digest files, so that
// `openssl dgst -sha256 -verify` checks ours as well.
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

// OpenSSL's own name for its opaque key.
struct evp_pkey_st;  // NOLINT(readability-identifier-naming)

namespace sextant {

inline constexpr std::string_view kSignatureAlgorithm = "SHA256withRSA";

using KeyHandle = std::shared_ptr<evp_pkey_st>;

class VerifyingKey {
 public:
  static Result<VerifyingKey> from_pem(std::string_view pem);  // Invalid: not an RSA public key

  std::string pem() const;          // SubjectPublicKeyInfo
  std::string fingerprint() const;  // hex SHA-256 of its DER form
  bool verifies(std::string_view message, std::string_view signature) const;

 private:
  friend class SigningKey;
  explicit VerifyingKey(KeyHandle key) : key_(std::move(key)) {}
  KeyHandle key_;
};

// Any thread.
class SigningKey {
 public:
  static SigningKey make();                                  // takes a moment
  static Result<SigningKey> from_der(std::string_view der);  // PKCS #8; Corrupt

  std::string der() const;  // the private key: only to be sealed
  std::string sign(std::string_view message) const;
  VerifyingKey verifying() const { return VerifyingKey(key_); }

 private:
  explicit SigningKey(KeyHandle key) : key_(std::move(key)) {}
  KeyHandle key_;
};

}  // namespace sextant
