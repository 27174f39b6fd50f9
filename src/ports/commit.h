#pragma once
// The one way anything becomes durable: a Batch of conditions, puts and stream appends that happens
// wholly or not at all. A stream append in the same batch as a put is a transactional outbox.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace sextant::ports {

inline constexpr std::size_t kKeyBytesMax = 4 * 1024;  // also of a stream's name; neither is empty
inline constexpr std::size_t kValueBytesMax = 8 * 1024 * 1024;   // also of a record's payload
inline constexpr std::size_t kBatchBytesMax = 64 * 1024 * 1024;  // of all its keys and values

// What must be true of a key at the moment of the commit. An expired key is absent.
struct Condition {
  std::string key;
  std::optional<std::uint64_t> version =
      std::nullopt;  // the version it was read at; nullopt: it must be absent
};

struct Put {
  std::string key;
  std::string value;
  std::optional<Time> expires_at = std::nullopt;  // invisible from then on, removed some time later
};

struct Append {
  std::string stream;
  std::string payload;
  bool chained =
      false;  // the record's hash covers the record before it in this stream (the audit log)
};

// Who may write: the key's version must still be the epoch that the owner took it at.
struct Fence {
  std::string lease_key;
  std::uint64_t epoch = 0;
};

struct Batch {
  std::vector<Condition> conditions = {};
  std::vector<Put> puts = {};            // a later put of the same key wins
  std::vector<std::string> erases = {};  // of what is not there: no error; applied before puts
  std::vector<Append> appends = {};
  std::optional<Fence> fence = std::nullopt;
  // May take the room that is kept back when the disk is nearly full. For small batches that give
  // room back (erases) or must not fail (the audit of reads); everything else gets Exhausted first.
  bool from_reserve = false;
};

// Both as one batch, `from` behind `into`: from the same owner, so with the same fence if any.
// from_reserve stays that of `into`.
void append(Batch& into, const Batch& from);

// Invalid, and says which, when a key, a value or the whole is above a limit. Every adapter calls
// it in submit().
Result<> check_limits(const Batch& batch);
// What a batch counts against kBatchBytesMax and against the queue of waiting batches.
std::size_t batch_bytes(const Batch& batch);

struct Committed {
  std::uint64_t version = 0;             // of every key this batch put; grows with every commit
  std::vector<std::uint64_t> sequences;  // one for each append, in order
};

class CommitLog {
 public:
  using OnDurable = std::move_only_function<void(Result<Committed>)>;

  virtual ~CommitLog() = default;

  // Takes the batch and returns at once; many batches share one fsync. on_durable runs exactly
  // once, on the committer's thread (so it must be short, and must not wait for another commit; it
  // may submit one): by then the batch survives a power cut and is visible to every reader. A batch
  // that is not even queued (Invalid; Exhausted because the queue is full) is refused on the
  // caller's thread before submit returns, so hold no lock here that on_durable takes. Batches that
  // one thread submits are applied in that order, and told in that order. Any thread. Errors:
  // Conflict (a condition or the fence does not hold; nothing was written), Invalid (above a
  // limit), Exhausted (disk full or the queue of waiting batches is full; nothing was written),
  // Unavailable (the store did not confirm: it may or may not have happened), Corrupt (names the
  // file). Destroying the log first commits what is queued.
  virtual void submit(Batch batch, OnDurable on_durable) = 0;
};

// The blocking form; not from a callback of submit.
Result<Committed> commit(CommitLog& log, Batch batch);

}  // namespace sextant::ports
