#pragma once
// Up to where the audit log is sealed: what the next segment and its digest follow on. One record,
// put by the commit of every segment. Format: docs/formats/audit-digest.md.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/hash.h"
#include "core/result.h"

namespace sextant::guard {

struct SealPosition {
  std::uint64_t number = 0;      // of the newest digest; 0: there is none
  std::uint64_t last = 0;        // the last sealed record
  Sha256Digest chain = {};       // the chain's hash there
  Time ended = {};               // when
  std::string digest_hash;       // of the newest digest's document, hex SHA-256
  std::string digest_signature;  // hex
};

std::string encode(const SealPosition& position);
Result<SealPosition> decode_seal_position(std::string_view bytes);  // Corrupt

}  // namespace sextant::guard
