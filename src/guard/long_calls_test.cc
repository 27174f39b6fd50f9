#include "guard/long_calls.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>

namespace sextant::guard {
namespace {

using namespace std::chrono_literals;

// A call that runs until the test lets it end.
struct Held {
  std::promise<void> begun;
  std::promise<void> end;
  LongCalls::Task task() {
    return [this] {
      begun.set_value();
      end.get_future().wait();
    };
  }
  void wait_until_begun() {
    ASSERT_EQ(begun.get_future().wait_for(10s), std::future_status::ready);
  }
};

TEST(LongCalls, BeyondTheBoundACallIsRefusedAndAStepIsNot) {
  Held held;
  std::string order;
  std::promise<void> done;
  LongCalls calls({.threads = 1, .waiting_max = 2});
  ASSERT_TRUE(calls.try_start(held.task()));
  held.wait_until_begun();
  EXPECT_TRUE(calls.try_start([&] { order += "a"; }));
  EXPECT_TRUE(calls.try_start([&] {
    order += "b";
    done.set_value();
  }));
  EXPECT_FALSE(calls.try_start([&] { order += "c"; })) << "two wait";
  calls.go_on([&] { order += "1"; });
  calls.go_on([&] { order += "2"; });
  held.end.set_value();
  ASSERT_EQ(done.get_future().wait_for(10s), std::future_status::ready);
  EXPECT_EQ(order, "12ab") << "what has begun goes first";
}

TEST(LongCalls, AsManyRunAtTheSameTimeAsThereAreThreads) {
  Held first;
  Held second;
  LongCalls calls({.threads = 2, .waiting_max = 2});
  ASSERT_TRUE(calls.try_start(first.task()));
  ASSERT_TRUE(calls.try_start(second.task()));
  first.wait_until_begun();
  second.wait_until_begun();
  first.end.set_value();
  second.end.set_value();
}

TEST(LongCalls, StoppingWaitsForWhatRunsAndDropsTheRest) {
  Held held;
  auto kept = std::make_shared<int>(0);
  const std::weak_ptr<int> waiting = kept;
  LongCalls calls({.threads = 1, .waiting_max = 2});
  ASSERT_TRUE(calls.try_start(held.task()));
  held.wait_until_begun();
  ASSERT_TRUE(calls.try_start([kept = std::move(kept)] { ADD_FAILURE() << "it had not begun"; }));
  std::jthread stopping([&] { calls.stop(); });
  while (!waiting.expired()) std::this_thread::yield();
  held.end.set_value();
  stopping.join();
  EXPECT_FALSE(calls.try_start([] { ADD_FAILURE(); }));
  calls.go_on([] { ADD_FAILURE(); });
}

TEST(LongCalls, ACallThatThrowsCostsOnlyItself) {
  std::promise<void> done;
  LongCalls calls({.threads = 1, .waiting_max = 2});
  ASSERT_TRUE(calls.try_start([] { throw std::runtime_error("a bug"); }));
  ASSERT_TRUE(calls.try_start([&] { done.set_value(); }));
  EXPECT_EQ(done.get_future().wait_for(10s), std::future_status::ready);
}

}  // namespace
}  // namespace sextant::guard
