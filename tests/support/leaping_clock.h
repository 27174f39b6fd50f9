#pragma once
// A clock for tests of hours: it stands still until it is told to leap, and leaps to the next
// moment that somebody waits for. What is between two such moments takes no time at all.
#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <set>
#include <stop_token>

#include "core/clock.h"

namespace sextant::test {

class LeapingClock final : public Clock {
 public:
  explicit LeapingClock(Time start) : now_(start) {}

  Time now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }

  bool wait_until(Time when, std::stop_token stop) override {
    std::unique_lock lock(mutex_);
    const auto waiting = waits_.insert(when);
    changed_.notify_all();
    const bool waited = changed_.wait(lock, std::move(stop), [&] { return now_ >= when; });
    waits_.erase(waiting);
    changed_.notify_all();
    return waited;
  }

  // How many wait for a later moment than now.
  std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::distance(waits_.upper_bound(now_), waits_.end()));
  }

  // Once whoever was to wake has left: to just behind the earliest moment that is waited for, at
  // most to `latest`.
  void leap(Time latest) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waits_.empty() || *waits_.begin() > now_; });
    if (!waits_.empty()) latest = std::min(latest, *waits_.begin() + Duration(1));
    now_ = std::max(now_, latest);
    changed_.notify_all();
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::multiset<Time> waits_;
  Time now_;
};

}  // namespace sextant::test
