#pragma once
// How much each source may push: requests and bytes a second, with two seconds of either saved up.
// A batch that comes while something is left is taken whole, and what it is too much is paid off
// before the next one; so the size of a batch is not bound to the rate.
#include <cstdint>
#include <map>
#include <string>

#include "core/clock.h"
#include "core/guarded.h"
#include "store/intake_records.h"

namespace sextant::services::intake {

// Any thread. Starts full; nothing of it is stored.
class RateLimits {
 public:
  // False when the source has used up what it may. `bytes` as far as they are known.
  bool try_enter(const store::IntakeSource& source, std::uint64_t bytes, Time now);
  // Bytes that were not known beforehand.
  void charge(const store::IntakeSource& source, std::uint64_t bytes);
  void forget(const std::string& source);

 private:
  struct Left {
    double requests = 0;
    double bytes = 0;
    Time at;
  };
  Guarded<std::map<std::string, Left>> left_;
};

}  // namespace sextant::services::intake
