#pragma once
// Durable, ordered records by stream name; written only by Append in a commit batch. Sequences of a
// stream start at 1, grow by 1 without gaps, and never repeat, also after trim.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/hash.h"
#include "core/result.h"

namespace sextant::ports {

struct StreamRecord {
  std::uint64_t sequence = 0;
  std::string payload;
  // Of chained appends: sha256(chain of the chained record before it in this stream ‖ payload), the
  // first one's previous being zero. Of others: zero.
  Sha256Digest chain = {};
};

class StreamLog {
 public:
  virtual ~StreamLog() = default;

  // Records from sequence `from` on, at most records_max and about bytes_max (at least one, if
  // there is one); empty at the end. Any thread. Errors: NotFound (`from` lies before what trim
  // kept), Corrupt, Unavailable.
  virtual Result<std::vector<StreamRecord>> read(std::string_view stream, std::uint64_t from,
                                                 std::size_t records_max,
                                                 std::size_t bytes_max) const = 0;

  // The sequence that the next append will get: 1 for a stream that was never written.
  virtual Result<std::uint64_t> next_sequence(std::string_view stream) const = 0;

  // Calls wake once, as soon as a record with sequence >= from is durable (at once if there is
  // one, possibly before wait() returns: hold no lock here that wake takes). A wait, not a loop: it
  // holds no thread. wake runs on the committer's thread, after the on_durable of the batch that
  // brought the record; it may wait again. Waits end with the log: a wake that has not run by then
  // is destroyed.
  virtual void wait(std::string_view stream, std::uint64_t from,
                    std::move_only_function<void()> wake) = 0;

  // Forgets records before `sequence` (all there are, if it lies beyond the end), some time after
  // return; a crash may bring them back. Errors: Exhausted, Unavailable.
  virtual Result<> trim(std::string_view stream, std::uint64_t sequence) = 0;
};

// What a chained append's `chain` must be.
Sha256Digest chain_hash(const Sha256Digest& previous, std::string_view payload);

}  // namespace sextant::ports
