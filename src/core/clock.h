#pragma once
// Time is an input. Nothing reads the system's time or sleeps except through a Clock, so that tests
// move time by hand.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace sextant {

using Time = std::chrono::sys_time<std::chrono::microseconds>;  // UTC
using Duration = std::chrono::microseconds;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  // Waits as long as `when` is away now, or until stop is requested (then false). Setting the
  // system's clock meanwhile neither shortens the wait nor lengthens it. Any thread.
  virtual bool wait_until(Time when, std::stop_token stop) = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override;
  bool wait_until(Time when, std::stop_token stop) override;
};

// Stands still until told to move; waiters wake when as much time has passed as they wait for.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start) : now_(start) {}
  Time now() const override;
  bool wait_until(Time when, std::stop_token stop) override;
  void advance(Duration by);
  // As when somebody sets the system's clock: it shows another time, while none passes.
  void set(Time now);

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any moved_;
  Time now_;
  Duration passed_{0};
};

inline std::int64_t to_millis(Time time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace sextant
