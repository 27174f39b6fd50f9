#include "net/client_pace.h"

#include <gtest/gtest.h>

namespace sextant::net {
namespace {

using std::chrono::seconds;
using Clock = ClientPace::Clock;

constexpr Clock::time_point at(int second) { return Clock::time_point(seconds(second)); }

TEST(ClientPace, WaitsAddUpUntilEnoughBytesHaveMoved) {
  ClientPace pace(seconds(30), 100);
  EXPECT_EQ(pace.begin_wait(at(0)), seconds(30));
  pace.end_wait(at(20));
  pace.moved(99);
  EXPECT_EQ(pace.begin_wait(at(50)), seconds(10));  // the handler took 30 s: not the client's
  pace.end_wait(at(55));
  pace.moved(1);
  EXPECT_EQ(pace.begin_wait(at(60)), seconds(30));
}

TEST(ClientPace, ThereIsNoTimeLeftWhenAllIsSpent) {
  ClientPace pace(seconds(30), 100);
  pace.begin_wait(at(0));
  EXPECT_TRUE(pace.is_waiting());
  pace.end_wait(at(40));
  EXPECT_FALSE(pace.is_waiting());
  EXPECT_EQ(pace.begin_wait(at(40)), seconds(0));
}

TEST(ClientPace, AWaitThatBeginsWithinAWaitGoesOn) {
  ClientPace pace(seconds(30), 100);
  pace.begin_wait(at(0));
  EXPECT_EQ(pace.begin_wait(at(12)), seconds(18));
}

TEST(ClientPace, ANewRequestHasAllItsTime) {
  ClientPace pace(seconds(30), 100);
  pace.begin_wait(at(0));
  pace.end_wait(at(29));
  pace.reset();
  EXPECT_EQ(pace.begin_wait(at(30)), seconds(30));
}

}  // namespace
}  // namespace sextant::net
