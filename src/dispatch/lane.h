#pragma once
// What the dispatcher knows of one function: the part of its waiting deliveries that memory holds,
// those of which nobody knows whether they exist, and what it has done since the node started.
// Not thread-safe: the dispatcher guards it.
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/clock.h"
#include "core/id.h"
#include "core/metrics.h"
#include "dispatch/dispatcher.h"
#include "dispatch/due_window.h"
#include "dispatch/rate.h"

namespace sextant::dispatch {

class Lane {
 public:
  // `metrics` outlives it.
  Lane(const FunctionName& function, std::size_t window_items_max, metrics::Registry& metrics);

  // An attempt that ended its delivery.
  void count_end(const store::Delivery& delivery, Time now);
  // One after which there will be another.
  void count_retry(const store::Delivery& delivery);
  // As of now; without the revision.
  FunctionStatus status(Time now) const;
  // When a delivery is due or a doubt to be settled, if later than `told`.
  std::optional<Time> next_after(Time told) const;

  DueWindow window;
  std::uint64_t landing_bytes = 0;  // of its attempts in flight
  bool waits_outside = false;       // its attempts need threads of their own
  // Deliveries whose making was not confirmed, and when to ask for them.
  std::set<DueEntry> unconfirmed;
  // When something was due last and could not begin because the function ran as often as it may.
  Time held_back = Time::min();
  // A delivery may be found and end before its wake() has counted it: below zero for a moment.
  std::int64_t pending = 0;

 private:
  struct StageCounters {
    metrics::Counter& rows_in;
    metrics::Counter& rows_out;
    metrics::Counter& cpu_micros;
    metrics::Counter& failures;
  };
  StageCounters& stage(const std::string& name);
  void count_cause(const store::Delivery& delivery);

  FunctionStatus status_;
  metrics::Registry& metrics_;
  std::map<std::string, StageCounters> stages_;
  mutable Rate rows_lately_;
  metrics::Counter& succeeded_;
  metrics::Counter& failed_;
  metrics::Counter& retried_;
  metrics::Counter& rows_;
  metrics::Counter& malformed_;
  metrics::Histogram& wait_;      // created -> first attempt begins
  metrics::Histogram& duration_;  // attempt begins -> committed
};

}  // namespace sextant::dispatch
