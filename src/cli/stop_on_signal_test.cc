#include "cli/stop_on_signal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>

namespace sextant::cli {
namespace {

void wait_for(std::stop_token token) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait(lock, token, [] { return false; });
}

TEST(StopOnSignal, ASignalAsksForTheEnd) {
  StopOnSignal stop;
  EXPECT_FALSE(stop.token().stop_requested());
  ::kill(::getpid(), SIGTERM);
  wait_for(stop.token());
  EXPECT_TRUE(stop.token().stop_requested());
}

TEST(StopOnSignal, WithoutOneItGoesAway) {
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(StopOnSignal().token().stop_requested());
}

TEST(StopOnSignalDeathTest, TheSecondOneEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        StopOnSignal stop;
        ::kill(::getpid(), SIGINT);
        wait_for(stop.token());
        for (;;) ::kill(::getpid(), SIGINT);
      },
      testing::KilledBySignal(SIGINT), "a second signal ends it at once");
}

}  // namespace
}  // namespace sextant::cli
