#include "core/clock.h"

#include <algorithm>

namespace sextant {

Time SystemClock::now() const {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

bool SystemClock::wait_until(Time when, std::stop_token stop) {
  // Times that nanoseconds of 64 bits cannot tell are as far away as a wait can end.
  constexpr std::chrono::hours kLongest{24 * 365 * 100};
  const auto from = now();
  if (when <= from) return !stop.stop_requested();
  when = std::min(when, from + kLongest);
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_until(lock, stop, when, [] { return false; });
  return !stop.stop_requested();
}

Time ManualClock::now() const {
  std::lock_guard lock(mutex_);
  return now_;
}

bool ManualClock::wait_until(Time when, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  return moved_.wait(lock, stop, [&] { return now_ >= when; });
}

void ManualClock::advance(Duration by) {
  {
    std::lock_guard lock(mutex_);
    now_ += by;
  }
  moved_.notify_all();
}

}  // namespace sextant
