#pragma once
// How slow a client may be: for every `bytes_min` that it sends or takes, it may let the server
// wait for `time_max` altogether. Only waiting counts, not the time that a handler takes. A client
// that moves a byte now and then would otherwise keep its request in progress for as long as it
// likes.
#include <chrono>
#include <cstddef>
#include <optional>

namespace sextant::net {

class ClientPace {
 public:
  using Clock = std::chrono::steady_clock;

  ClientPace(Clock::duration time_max, std::size_t bytes_min)
      : time_max_(time_max), bytes_min_(bytes_min) {}

  // The server has to wait from now on; what is left of the client's time, never negative.
  Clock::duration begin_wait(Clock::time_point now) {
    end_wait(now);
    waits_since_ = now;
    return waited_ < time_max_ ? time_max_ - waited_ : Clock::duration::zero();
  }
  bool is_waiting() const { return waits_since_.has_value(); }
  void end_wait(Clock::time_point now) {
    if (waits_since_) waited_ += now - *waits_since_;
    waits_since_.reset();
  }
  // Outside of a wait.
  void moved(std::size_t bytes) {
    moved_ += bytes;
    if (moved_ >= bytes_min_) reset();
  }
  void reset() {
    moved_ = 0;
    waited_ = {};
    waits_since_.reset();
  }

 private:
  const Clock::duration time_max_;
  const std::size_t bytes_min_;
  std::size_t moved_ = 0;
  Clock::duration waited_{};
  std::optional<Clock::time_point> waits_since_;
};

}  // namespace sextant::net
