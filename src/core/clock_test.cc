#include "core/clock.h"

#include <gtest/gtest.h>

#include <latch>
#include <thread>

namespace sextant {
namespace {

using namespace std::chrono_literals;

constexpr Time kStart = Time(1'000'000'000us);

TEST(ManualClock, StandsStillUntilMoved) {
  ManualClock clock(kStart);
  EXPECT_EQ(clock.now(), kStart);
  clock.advance(5s);
  EXPECT_EQ(clock.now(), kStart + 5s);
  EXPECT_TRUE(clock.wait_until(kStart + 5s, {}));
}

TEST(ManualClock, WakesWaitersWhoseTimeHasCome) {
  ManualClock clock(kStart);
  std::latch waiting(2);
  bool came = false;
  bool stopped_in_time = true;
  {
    std::jthread waiter([&] {
      waiting.count_down();
      came = clock.wait_until(kStart + 10s, {});
    });
    std::jthread stopped([&](std::stop_token stop) {
      waiting.count_down();
      stopped_in_time = clock.wait_until(kStart + 1h, stop);
    });
    waiting.wait();
    clock.advance(9s);
    clock.advance(1s);
    stopped.request_stop();
  }
  EXPECT_TRUE(came);
  EXPECT_FALSE(stopped_in_time);
}

TEST(ManualClock, WaitsAsLongThoughTheClockIsSet) {
  ManualClock clock(kStart);
  const std::jthread mover([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      clock.advance(1s);
      clock.set(kStart);
    }
  });
  EXPECT_TRUE(clock.wait_until(kStart + 5s, {}));
}

TEST(SystemClock, WaitsAndStops) {
  SystemClock clock;
  const Time before = clock.now();
  EXPECT_TRUE(clock.wait_until(before + 2ms, {}));
  EXPECT_GE(clock.now(), before + 2ms);
  EXPECT_TRUE(clock.wait_until(Time::min(), {}));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(clock.wait_until(Time::max(), stop.get_token()));
}

TEST(Time, MillisecondsAreCutOff) { EXPECT_EQ(to_millis(Time(1'234'567us)), 1234); }

}  // namespace
}  // namespace sextant
