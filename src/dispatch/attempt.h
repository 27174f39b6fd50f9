#pragma once
// One attempt of one delivery: judged by the gate, run through its function's pipeline, and
// committed. What comes of it (outcome, rows, audit record, released bytes, or the time of the next
// attempt) is one batch.
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include "dispatch/dispatcher.h"
#include "dispatch/due_window.h"
#include "dispatch/revisions.h"

namespace sextant::dispatch {

enum class AttemptEnd {
  Ended,         // its outcome is recorded
  Retried,       // a later attempt is recorded
  NotCommitted,  // nothing is recorded: the store could not; the same attempt is to be made again
  InDoubt,       // the store did not say whether it is recorded: the next attempt finds out
  Gone,          // there was nothing to do: the delivery had ended before
};

struct AttemptResult {
  AttemptEnd end = AttemptEnd::Gone;
  store::Delivery delivery;
  std::optional<DueEntry> next = std::nullopt;  // after Retried
};

class Attempts {
 public:
  Attempts(const DispatcherParts& parts, const DispatcherOptions& options, Revisions& revisions);

  // Computes on the calling thread; the commit follows later. `staged` runs on the calling thread
  // when the computing is over, with the bytes of rows that wait for their commit; `ended` runs
  // exactly once, on this thread or on the committer's, and must be short.
  using OnStaged = std::function<void(std::uint64_t landing_bytes)>;
  using OnEnded = std::move_only_function<void(AttemptResult)>;
  // held_back: the delivery waited because its function ran as often as it may. stop: the node
  // ends, and nobody waits any longer for systems outside.
  void run(const DueEntry& entry, bool held_back, const std::stop_token& stop,
           const OnStaged& staged, OnEnded ended);

 private:
  const DispatcherParts& parts_;
  const DispatcherOptions& options_;
  Revisions& revisions_;
};

}  // namespace sextant::dispatch
