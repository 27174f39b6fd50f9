#pragma once
// Recomputes the chain of an audit stream and says where it breaks. What was changed, removed or
// put in another place changes a chain hash, so one pass finds it; what was cut off at the end, or
// written anew with hashes that fit, only checkpoints kept elsewhere show: digests (digest.h).
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/hash.h"
#include "core/result.h"
#include "ports/stream_log.h"

namespace sextant::guard {

struct BrokenLink {
  std::uint64_t sequence = 0;  // the first record that is not as it was written
  std::string what;            // "changed", "missing", …: one sentence
};

// What the chain is known to have been at a record.
struct Checkpoint {
  std::uint64_t sequence = 0;
  Sha256Digest chain = {};
  std::string source;  // for the message: "digest 7"
};

struct VerifyReport {
  std::uint64_t first = 0;  // sequences that were read
  std::uint64_t last = 0;   // 0: there are none
  std::uint64_t records = 0;
  Sha256Digest last_chain = {};  // of `last`: what a digest keeps
  std::optional<BrokenLink> broken;
};

// Checks records `from` to `to` (both included; 0: to the end). The record before `from` anchors
// the chain when it is still kept, otherwise the first one does. Blocks. Errors: NotFound (`from`
// lies before what is kept), Unavailable; a record that the store itself finds damaged is a broken
// link.
Result<VerifyReport> verify(const ports::StreamLog& log, std::string_view stream,
                            std::uint64_t from = 1, std::uint64_t to = 0);

// Checks the whole stream, and that it is the one that the checkpoints (in the order of their
// sequences) were taken from. Errors as above.
Result<VerifyReport> verify(const ports::StreamLog& log, std::string_view stream,
                            std::span<const Checkpoint> checkpoints);

}  // namespace sextant::guard
