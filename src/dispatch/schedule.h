#pragma once
// What runs next: the waiting deliveries of all functions, how many attempts are in flight, and
// what commits left open. Functions take turns. No thread and no I/O inside. Not thread-safe, but
// for pending() and crowd(): the dispatcher guards it.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/id.h"
#include "dispatch/attempt.h"
#include "dispatch/dispatcher.h"
#include "dispatch/due_window.h"
#include "dispatch/lane.h"
#include "store/configuration.h"

namespace sextant::dispatch {

// What a worker is for: attempts that compute, or those that wait for systems outside.
enum class Work { Computing, Outside };

// What a worker is to do, and then tells the schedule: an attempt to be run (ended()), a function's
// waiting deliveries to be read (refilled()), a delivery to be asked for (confirmed()).
struct Task {
  enum class Kind { Attempt, Refill, Confirm } kind;
  FunctionName function;
  DueEntry entry = {};     // not of a refill
  bool held_back = false;  // of an attempt: it waited for the function's concurrency
};

class Schedule {
 public:
  // Both outlive it.
  Schedule(const DispatcherParts& parts, const DispatcherOptions& options);

  // A delivery that is durable.
  void add(const FunctionName& function, DueEntry entry);
  // One of which the store did not say whether it is; soon to be asked for.
  void add_unconfirmed(const FunctionName& function, const DeliveryId& id);

  // nullopt: nothing that a worker of this kind can do now. An attempt or a question is in flight
  // from here on, as a refill is until it is told.
  std::optional<Task> next(Work work);
  // What the store had, from the front; `all` when there was no more.
  void refilled(const FunctionName& function, const std::vector<DueEntry>& entries, bool all);
  // Rows of an attempt in flight, in memory until it has ended.
  void is_landing(const FunctionName& function, std::uint64_t bytes);
  void ended(const FunctionName& function, const DeliveryId& id, std::uint64_t landing_bytes,
             const AttemptResult& result);
  // nullopt: still nobody knows.
  void confirmed(const FunctionName& function, const DeliveryId& id, std::optional<bool> is_there);

  std::size_t in_flight() const { return in_flight_; }
  // When something that waits is due, if later than `told`.
  std::optional<Time> earliest_after(Time told) const;
  std::vector<FunctionStatus> status() const;  // without revisions

  std::int64_t pending() const { return pending_.load(); }
  // What waits, those of which nobody knows included.
  std::int64_t crowd() const { return pending_.load() + unconfirmed_.load(); }

 private:
  using NamedLane = std::pair<const FunctionName, Lane>;
  NamedLane& lane_of(const FunctionName& function);
  bool waits_outside(const FunctionName& function, const store::Configuration& configuration) const;
  void follow_configuration();
  std::size_t concurrency_of(const NamedLane& lane) const;
  bool has_room() const;
  bool has_room(const Lane& lane) const;
  bool is_held_back(NamedLane& lane, Time now) const;
  std::optional<Task> next_of(NamedLane& lane, Work work);
  std::optional<DueEntry> take_unconfirmed(Lane& lane) const;
  void no_longer_pending(Lane& lane, const store::Delivery& delivery);

  const DispatcherParts& parts_;
  const DispatcherOptions& options_;
  std::map<FunctionName, Lane> lanes_;
  FunctionName served_last_;
  std::shared_ptr<const store::Configuration> followed_;  // which says what a lane's attempts need
  std::size_t in_flight_ = 0;
  std::uint64_t landing_bytes_ = 0;
  std::atomic<std::int64_t> pending_ = 0;
  std::atomic<std::int64_t> unconfirmed_ = 0;
  // Deliveries whose last attempt's commit was not confirmed; as many as could not be recorded.
  std::unordered_set<DeliveryId> in_doubt_;
};

}  // namespace sextant::dispatch
