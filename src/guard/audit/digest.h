#pragma once
// A digest of the audit log, after CloudTrail's digest files: what one segment of records hashed
// to, and which digest came before, signed by the node. Kept elsewhere, digests show what the chain
// by itself cannot: records cut off at the end, and a log that was written anew from its start.
// Format: docs/formats/audit-digest.md.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/hash.h"
#include "core/id.h"
#include "core/result.h"
#include "core/signing_key.h"

namespace sextant::guard {

struct Digest {
  Scope scope;
  std::uint64_t number = 0;  // from 1, without gaps
  Time started;              // when the digest before this one was made
  Time ended;
  std::uint64_t first = 0;  // sequences of the segment, both included
  std::uint64_t last = 0;
  Sha256Digest chain = {};  // the chain's hash at `last`
  std::string oldest;       // eventTime of its records
  std::string newest;
  std::string key_fingerprint;
  std::string previous_hash;       // hex SHA-256 of the document before; "" of the first
  std::string previous_signature;  // hex
};

// One JSON object, as it is signed and exported.
std::string document_of(const Digest& digest);
// Invalid: says what is missing. Pure.
Result<Digest> parse_digest(std::string_view document);

struct SignedDigest {
  std::string document;
  std::string signature;  // raw bytes, over the document's
};

SignedDigest sign(const Digest& digest, const SigningKey& key);

// The stored record.
std::string encode(const SignedDigest& digest);
Result<SignedDigest> decode_signed_digest(std::string_view bytes);  // Corrupt

// Digests in their order: each signed with the key and naming the one before.
class DigestCheck {
 public:
  // The first digest may have any number: older ones may be kept elsewhere.
  explicit DigestCheck(VerifyingKey key) : key_(std::move(key)) {}

  // The digest, read. Corrupt: it is not as it was signed, or does not follow from the one before;
  // the message says which of it.
  Result<Digest> take(const SignedDigest& digest);

 private:
  Result<> check_link(const Digest& digest) const;
  const VerifyingKey key_;
  std::uint64_t number_ = 0;  // of the one before; 0: there was none
  std::uint64_t last_ = 0;
  std::string hash_;
  std::string signature_;
};

}  // namespace sextant::guard
