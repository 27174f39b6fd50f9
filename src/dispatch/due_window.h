#pragma once
// The part of one function's waiting deliveries that memory holds: the earliest ones, each once.
// The state store holds them all; whoever takes from here refills from there when the window runs
// dry. Not thread-safe: the dispatcher guards it.
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/id.h"

namespace sextant::dispatch {

struct DueEntry {
  Time when;
  DeliveryId id;
  friend auto operator<=>(const DueEntry&, const DueEntry&) = default;
};

class DueWindow {
 public:
  explicit DueWindow(std::size_t items_max) : items_max_(items_max) {}

  // A delivery that has just become durable (or is to be tried again). One that waits here already,
  // or is in flight, is left as it is: a refill may have been faster than whoever tells of it.
  void add(DueEntry entry);
  // The earliest entry that is due, now in flight until finished(); nullopt when none is.
  std::optional<DueEntry> take(Time now);
  void finished(const DeliveryId& id);
  // When something will be due; nullopt when the window is empty.
  std::optional<Time> next() const;

  // The window is empty but the store may hold more.
  bool needs_refill() const { return waiting_.empty() && !complete_ && !refilling_; }
  void begin_refill() { refilling_ = true; }
  // What the store had, from the front; `all` when there was no more.
  void end_refill(const std::vector<DueEntry>& entries, bool all);

  std::size_t in_flight() const { return in_flight_.size(); }

 private:
  void insert(DueEntry entry);
  void drop_last();

  const std::size_t items_max_;
  std::set<DueEntry> waiting_;                 // all that the store holds up to the last of them
  std::unordered_map<DeliveryId, Time> when_;  // of those in waiting_
  std::unordered_set<DeliveryId> in_flight_;
  bool complete_ = true;  // the store holds nothing that is neither waiting here nor in flight
  bool refilling_ = false;
};

}  // namespace sextant::dispatch
