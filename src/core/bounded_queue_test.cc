#include "core/bounded_queue.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace sextant {
namespace {

TEST(BoundedQueue, AFullQueueRefusesAndLeavesTheItem) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  EXPECT_TRUE(queue.try_push(std::make_unique<int>(1)));
  auto second = std::make_unique<int>(2);
  EXPECT_FALSE(queue.try_push(std::move(second)));
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(**queue.pop(), 1);
  EXPECT_TRUE(queue.try_push(std::move(second)));
  EXPECT_EQ(queue.size(), 1u);
}

TEST(BoundedQueue, AClosedQueueGivesWhatItHolds) {
  BoundedQueue<int> queue(4);
  EXPECT_TRUE(queue.push(1));
  EXPECT_TRUE(queue.push(2));
  queue.close();
  EXPECT_FALSE(queue.push(3));
  EXPECT_FALSE(queue.try_push(3));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), 2);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, AStopEndsWaiting) {
  BoundedQueue<int> queue(1);
  ASSERT_TRUE(queue.push(1));
  bool pushed = true;
  std::optional<int> popped = 1;
  BoundedQueue<int> empty(1);
  {
    std::jthread pusher([&](std::stop_token stop) { pushed = queue.push(2, stop); });
    std::jthread popper([&](std::stop_token stop) { popped = empty.pop(stop); });
  }
  EXPECT_FALSE(pushed);
  EXPECT_EQ(popped, std::nullopt);
}

std::jthread writer_of(BoundedQueue<int>& queue, int first, int end) {
  return std::jthread([&queue, first, end] {
    for (int i = first; i < end; i += 2) EXPECT_TRUE(queue.push(i));
  });
}

TEST(BoundedQueue, SeveralThreadsPassEveryItemOnce) {
  BoundedQueue<int> queue(3);
  constexpr int kItems = 2000;
  std::vector<std::vector<int>> got(3);
  {
    std::vector<std::jthread> readers;
    for (auto& mine : got) {
      readers.emplace_back([&queue, &mine] {
        while (auto item = queue.pop()) mine.push_back(*item);
      });
    }
    {
      const auto even = writer_of(queue, 0, kItems);
      const auto odd = writer_of(queue, 1, kItems);
    }
    queue.close();
  }
  std::vector<int> times(kItems, 0);
  for (const auto& mine : got) {
    for (const int item : mine) ++times[static_cast<std::size_t>(item)];
  }
  EXPECT_EQ(times, std::vector<int>(kItems, 1));
}

}  // namespace
}  // namespace sextant
