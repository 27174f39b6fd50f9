#include "dispatch/schedule.h"

#include <gtest/gtest.h>

#include "tests/support/dispatch_fixture.h"

namespace sextant::dispatch {
namespace {

class ScheduleTest : public test::DispatchTest {
 protected:
  void add(const FunctionName& function, int count) {
    for (int i = 0; i < count; ++i)
      schedule.add(function, {clock.now(), DeliveryId(function.text() + std::to_string(i))});
  }
  // All that may begin now.
  std::vector<Task> begin() {
    std::vector<Task> begun;
    while (auto task = schedule.next(Work::Computing)) begun.push_back(std::move(*task));
    return begun;
  }
  void end(const Task& task, std::uint64_t bytes) {
    schedule.ended(task.function, task.entry.id, bytes,
                   {.end = AttemptEnd::NotCommitted, .delivery = {}});
  }

  const FunctionName crowd{"crowd"};
  const FunctionName other{"other"};
  DispatcherParts all_parts = parts();
  Schedule schedule{all_parts, options};
};

TEST_F(ScheduleTest, OneFunctionLeavesAttemptsForOthers) {
  options.in_flight_max = 8;
  add(crowd, 20);
  const auto first = begin();
  EXPECT_EQ(first.size(), 6u);
  add(other, 20);
  const auto second = begin();
  ASSERT_EQ(second.size(), 2u) << "all together have no more than their bound";
  for (const auto& task : second) EXPECT_EQ(task.function, other);
  end(first[0], 0);
  const auto third = begin();
  ASSERT_EQ(third.size(), 1u);
  EXPECT_EQ(third[0].function, crowd) << "their turn";
  end(second[0], 0);
  end(second[1], 0);
  const auto fourth = begin();
  EXPECT_EQ(fourth.size(), 2u);
  for (const auto& task : fourth) EXPECT_EQ(task.function, other) << "the crowd has its share";
}

TEST_F(ScheduleTest, OneFunctionLeavesMemoryForTheRowsOfOthers) {
  options.landing_bytes_max = 100;
  add(crowd, 3);
  const auto attempt = schedule.next(Work::Computing);
  ASSERT_TRUE(attempt);
  schedule.is_landing(crowd, 75);
  EXPECT_FALSE(schedule.next(Work::Computing));
  add(other, 1);
  const auto beside = schedule.next(Work::Computing);
  ASSERT_TRUE(beside);
  EXPECT_EQ(beside->function, other);
  schedule.is_landing(other, 25);
  end(*attempt, 75);
  EXPECT_TRUE(schedule.next(Work::Computing)) << "its rows are in";
}

}  // namespace
}  // namespace sextant::dispatch
