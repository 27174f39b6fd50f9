#pragma once
// How many per second lately: an average that forgets with a time constant of ten seconds.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>

#include "core/clock.h"

namespace sextant::dispatch {

class Rate {
 public:
  void add(std::uint64_t count, Time now) {
    decay(now);
    weight_ += static_cast<double>(count);
  }
  double per_second(Time now) {
    decay(now);
    return weight_ / kSeconds;
  }

 private:
  static constexpr double kSeconds = 10;

  void decay(Time now) {
    const auto passed = std::chrono::duration<double>(std::max(now - at_, Duration(0))).count();
    weight_ *= std::exp(-passed / kSeconds);
    at_ = now;
  }

  double weight_ = 0;
  Time at_ = {};
};

}  // namespace sextant::dispatch
