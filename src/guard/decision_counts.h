#pragma once
// How often the gate said what, by service: for the node's metrics. Services are those of the
// tables of operations, so there are few.
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/guarded.h"
#include "core/metrics.h"
#include "sdk/call.h"

namespace sextant::guard {

class DecisionCounts {
 public:
  // Any thread. A refusal of somebody without an authenticated principal counts as
  // "unauthenticated", not as "deny".
  void add(const sdk::Call& call, sdk::Verdict verdict);
  // A series for each service and decision, of every service that was asked: labels service and
  // decision (allow, deny, unauthenticated, throttle).
  std::vector<metrics::Sample> samples() const;

 private:
  enum Row : std::size_t { kAllow, kDeny, kUnauthenticated, kThrottle, kRows };
  static Row row_of(const sdk::Call& call, sdk::Verdict verdict);

  using Counts = std::map<std::string, std::array<std::uint64_t, kRows>, std::less<>>;
  Guarded<Counts> counts_;
};

}  // namespace sextant::guard
