#pragma once
// Digests of an audit log in a folder of their own, away from the node: one file a digest, its
// signature beside it, and the public key. `openssl dgst -sha256 -verify public-key.pem -signature
// digest-0000000001.json.sig digest-0000000001.json` checks one without us.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "guard/audit/digest.h"

namespace sextant::server {

struct ExportedDigest {
  guard::Digest digest;
  guard::SignedDigest made;
};

class DigestFolder {
 public:
  // Reads what is there, if anything is, and checks it. Errors: Corrupt (a digest or the key is not
  // as it was exported, or one is missing between others), Denied, Unavailable.
  static Result<DigestFolder> open(std::filesystem::path folder);

  const std::vector<ExportedDigest>& digests() const { return digests_; }
  const std::optional<VerifyingKey>& key() const { return key_; }
  std::uint64_t last_number() const;

  // The node's key, at the first export; makes the folder. Errors: as write_file_atomic.
  Result<> put_key(const VerifyingKey& key);
  // The digest that follows on the last. Corrupt: it does not, or its signature is not the key's.
  Result<> add(guard::SignedDigest made);

 private:
  explicit DigestFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<> load_key();
  Result<> load_digests();
  std::filesystem::path key_file() const { return folder_ / "public-key.pem"; }

  std::filesystem::path folder_;
  std::optional<VerifyingKey> key_;
  std::optional<guard::DigestCheck> check_;  // has taken all that is there
  std::vector<ExportedDigest> digests_;      // by number
};

}  // namespace sextant::server
