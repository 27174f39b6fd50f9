#include "dispatch/schedule.h"

#include <algorithm>

#include "runtime/native/pipeline.h"

namespace sextant::dispatch {
namespace {

constexpr std::chrono::seconds kAgainAfterNotCommitted{1};

// Of what all may have, that one function may have.
constexpr std::uint64_t share_of(std::uint64_t all) { return all - all / 4; }

}  // namespace

Schedule::Schedule(const DispatcherParts& parts, const DispatcherOptions& options)
    : parts_(parts), options_(options) {}

void Schedule::add(const FunctionName& function, DueEntry entry) {
  auto& lane = lane_of(function);
  lane.second.window.add(std::move(entry));
  ++lane.second.pending;
  ++pending_;
  is_held_back(lane, parts_.clock.now());
}

void Schedule::add_unconfirmed(const FunctionName& function, const DeliveryId& id) {
  lane_of(function).second.unconfirmed.insert({parts_.clock.now() + kAgainAfterNotCommitted, id});
  ++unconfirmed_;
}

// The search begins behind the function served last.
std::optional<Task> Schedule::next(Work work) {
  follow_configuration();
  auto lane = lanes_.upper_bound(served_last_);
  for (std::size_t i = 0; i < lanes_.size(); ++i, ++lane) {
    if (lane == lanes_.end()) lane = lanes_.begin();
    if (auto task = next_of(*lane, work)) return task;
  }
  return std::nullopt;
}

std::optional<Task> Schedule::next_of(NamedLane& named, Work work) {
  auto& [function, lane] = named;
  if (lane.window.needs_refill()) {
    lane.window.begin_refill();
    return Task{Task::Kind::Refill, function};
  }
  if (!has_room()) return std::nullopt;
  if (auto entry = take_unconfirmed(lane)) {
    ++in_flight_;
    return Task{Task::Kind::Confirm, function, std::move(*entry)};
  }
  const auto now = parts_.clock.now();
  const bool is_ours = lane.waits_outside == (work == Work::Outside);
  if (is_held_back(named, now) || !is_ours || !has_room(lane)) return std::nullopt;
  auto entry = lane.window.take(now);
  if (!entry) return std::nullopt;
  served_last_ = function;
  ++in_flight_;
  const bool held_back = lane.held_back >= entry->when;
  return Task{Task::Kind::Attempt, function, std::move(*entry), held_back};
}

void Schedule::refilled(const FunctionName& function, const std::vector<DueEntry>& entries,
                        bool all) {
  lane_of(function).second.window.end_refill(entries, all);
}

void Schedule::is_landing(const FunctionName& function, std::uint64_t bytes) {
  lane_of(function).second.landing_bytes += bytes;
  landing_bytes_ += bytes;
}

void Schedule::ended(const FunctionName& function, const DeliveryId& id,
                     std::uint64_t landing_bytes, const AttemptResult& result) {
  auto& lane = lane_of(function).second;
  lane.window.finished(id);
  lane.landing_bytes -= landing_bytes;
  landing_bytes_ -= landing_bytes;
  --in_flight_;
  switch (result.end) {
    case AttemptEnd::Ended:
      in_doubt_.erase(id);
      no_longer_pending(lane, result.delivery);
      break;
    case AttemptEnd::Gone:
      // Whoever ended it has counted it, unless that was an attempt that never heard of it.
      if (in_doubt_.erase(id) > 0) no_longer_pending(lane, result.delivery);
      break;
    case AttemptEnd::Retried:
      in_doubt_.erase(id);
      lane.count_retry(result.delivery);
      lane.window.add(*result.next);
      break;
    case AttemptEnd::InDoubt: in_doubt_.insert(id); [[fallthrough]];
    case AttemptEnd::NotCommitted:
      lane.window.add({parts_.clock.now() + kAgainAfterNotCommitted, id});
      break;
  }
}

void Schedule::confirmed(const FunctionName& function, const DeliveryId& id,
                         std::optional<bool> is_there) {
  --in_flight_;
  const auto now = parts_.clock.now();
  if (!is_there) {
    lane_of(function).second.unconfirmed.insert({now + kAgainAfterNotCommitted, id});
    return;
  }
  --unconfirmed_;
  if (*is_there) add(function, {now, id});
}

std::optional<Time> Schedule::earliest_after(Time told) const {
  std::optional<Time> earliest;
  for (const auto& [name, lane] : lanes_) {
    const auto next = lane.next_after(told);
    if (next && (!earliest || *next < *earliest)) earliest = next;
  }
  return earliest;
}

std::vector<FunctionStatus> Schedule::status() const {
  std::vector<FunctionStatus> all;
  const auto now = parts_.clock.now();
  for (const auto& [name, lane] : lanes_) all.push_back(lane.status(now));
  return all;
}

Schedule::NamedLane& Schedule::lane_of(const FunctionName& function) {
  const auto found = lanes_.find(function);
  if (found != lanes_.end()) return *found;
  auto& lane =
      *lanes_.try_emplace(function, function, options_.window_items_max, parts_.metrics).first;
  lane.second.waits_outside = waits_outside(function, *parts_.configuration.current());
  return lane;
}

bool Schedule::waits_outside(const FunctionName& function,
                             const store::Configuration& configuration) const {
  const auto found = configuration.functions.find(function);
  return found != configuration.functions.end() &&
         runtime::native::waits_outside(parts_.catalogue, found->second.handler);
}

void Schedule::follow_configuration() {
  auto now = parts_.configuration.current();
  if (now == followed_) return;
  for (auto& [function, lane] : lanes_) lane.waits_outside = waits_outside(function, *now);
  followed_ = std::move(now);
}

std::size_t Schedule::concurrency_of(const NamedLane& lane) const {
  const auto configuration = parts_.configuration.current();
  const auto found = configuration->functions.find(lane.first);
  const auto reserved =
      found == configuration->functions.end() ? std::nullopt : found->second.reserved_concurrency;
  const auto allowed = reserved ? static_cast<std::size_t>(*reserved) : options_.in_flight_max;
  return lane.second.waits_outside ? std::min(allowed, options_.outside_per_function_max) : allowed;
}

bool Schedule::has_room() const {
  return in_flight_ < options_.in_flight_max && landing_bytes_ < options_.landing_bytes_max;
}

// Whether the function leaves enough for others.
bool Schedule::has_room(const Lane& lane) const {
  return lane.window.in_flight() < share_of(options_.in_flight_max) &&
         lane.landing_bytes < share_of(options_.landing_bytes_max);
}

// Whether the function runs as often as it may; remembered when something waits for it.
bool Schedule::is_held_back(NamedLane& named, Time now) const {
  auto& lane = named.second;
  if (lane.window.in_flight() < concurrency_of(named)) return false;
  if (const auto next = lane.window.next(); next && *next <= now) lane.held_back = now;
  return true;
}

std::optional<DueEntry> Schedule::take_unconfirmed(Lane& lane) const {
  const auto first = lane.unconfirmed.begin();
  if (first == lane.unconfirmed.end() || first->when > parts_.clock.now()) return std::nullopt;
  return std::move(lane.unconfirmed.extract(first).value());
}

void Schedule::no_longer_pending(Lane& lane, const store::Delivery& delivery) {
  lane.count_end(delivery, parts_.clock.now());
  --lane.pending;
  --pending_;
}

}  // namespace sextant::dispatch
