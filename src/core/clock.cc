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
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  const Duration wait = std::min(when, from + kLongest) - from;
  never.wait_for(lock, stop, wait, [] { return false; });
  return !stop.stop_requested();
}

Time ManualClock::now() const {
  std::lock_guard lock(mutex_);
  return now_;
}

bool ManualClock::wait_until(Time when, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  const auto ends = when > now_ ? passed_ + (when - now_) : passed_;
  return moved_.wait(lock, stop, [&] { return passed_ >= ends; });
}

void ManualClock::advance(Duration by) {
  {
    std::lock_guard lock(mutex_);
    now_ += by;
    passed_ += by;
  }
  moved_.notify_all();
}

void ManualClock::set(Time now) {
  std::lock_guard lock(mutex_);
  now_ = now;
}

}  // namespace sextant
