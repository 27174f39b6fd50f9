#include "lake/landing_queue.h"

#include <gtest/gtest.h>

#include <thread>

namespace sextant::lake {
namespace {

using namespace std::chrono_literals;

const GroupLimits kLimits{
    .queue_max = 4, .deliveries_max = 3, .bytes_max = 100, .linger = 0ms, .quiet = 0ms};

PendingLanding pending(const std::string& key, std::uint64_t bytes = 1) {
  return {.rows = {},
          .bytes = bytes,
          .places = {},
          .outcome = {.conditions = {{.key = key}}, .puts = {{.key = key, .value = "x"}}},
          .on_durable = [](Result<ports::Committed>) {}};
}

TEST(LandingQueue, GroupsInOrderUpToItsLimits) {
  LandingQueue queue(kLimits);
  for (const char* key : {"a", "b", "c", "d"}) ASSERT_TRUE(queue.try_push(pending(key)));
  EXPECT_FALSE(queue.try_push(pending("e"))) << "four wait: it is full";
  auto first = queue.pop();
  ASSERT_EQ(first->group.size(), 3u);
  EXPECT_EQ(first->group[0].outcome.puts[0].key, "a");
  EXPECT_EQ(queue.pop()->group.size(), 1u);
  ASSERT_TRUE(queue.try_push(pending("f", 100)));
  ASSERT_TRUE(queue.try_push(pending("g")));
  EXPECT_EQ(queue.pop()->group.size(), 1u) << "bytes are bounded too";
}

TEST(LandingQueue, WhatDependsOnEachOtherIsKeptApart) {
  LandingQueue queue(kLimits);
  ASSERT_TRUE(queue.try_push(pending("a")));
  auto reads_a = pending("b");
  reads_a.outcome.conditions.push_back({.key = "a", .version = 1});
  ASSERT_TRUE(queue.try_push(std::move(reads_a)));
  ASSERT_TRUE(queue.try_push(pending("b")));
  auto fenced = pending("c");
  fenced.outcome.fence = ports::Fence{.lease_key = "lease", .epoch = 2};
  ASSERT_TRUE(queue.try_push(std::move(fenced)));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(queue.pop()->group.size(), 1u) << i;
}

TEST(LandingQueue, SharedConditionsAreNoReasonToKeepApart) {
  LandingQueue queue(kLimits);
  for (const char* key : {"a", "b"}) {
    auto landing = pending(key);
    landing.outcome.conditions.push_back({.key = "revision", .version = 7});
    ASSERT_TRUE(queue.try_push(std::move(landing)));
  }
  EXPECT_EQ(queue.pop()->group.size(), 2u);
}

TEST(LandingQueue, SplitGroupsAndWorkGoFirstAndTheRestIsDrainedAfterClose) {
  LandingQueue queue(kLimits);
  ASSERT_TRUE(queue.try_push(pending("a")));
  LandingGroup split;
  split.push_back(pending("x"));
  split.push_back(pending("y"));
  queue.push_group(std::move(split));
  bool ran = false;
  queue.push_work([&] { ran = true; });
  queue.close();
  EXPECT_FALSE(queue.try_push(pending("late")));
  queue.pop()->work();
  EXPECT_TRUE(ran);
  EXPECT_EQ(queue.pop()->group.size(), 2u);
  EXPECT_EQ(queue.pop()->group.size(), 1u);
  EXPECT_FALSE(queue.pop());
}

const GroupLimits kPlaces{
    .queue_max = 100, .deliveries_max = 100, .bytes_max = 1'000, .places_max = 3};

PendingLanding in(const std::string& key, std::vector<std::uint64_t> places) {
  auto landing = pending(key);
  landing.places = std::move(places);
  return landing;
}

std::string keys_of(const LandingQueue::Next& next) {
  std::string keys;
  for (const auto& landing : next.group) keys += landing.outcome.puts[0].key + " ";
  return keys;
}

TEST(LandingQueue, RowsOfOneHourDoNotWaitForThoseOfManyOthers) {
  LandingQueue queue(kPlaces);
  for (std::uint64_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(queue.try_push(in("late" + std::to_string(i), {i})));
    ASSERT_TRUE(queue.try_push(in("new" + std::to_string(i), {99})));
  }
  EXPECT_EQ(keys_of(*queue.pop()), "late0 new0 late1 new1 new2 new3 new4 ");
  EXPECT_EQ(keys_of(*queue.pop()), "late2 late3 late4 ") << "in their order, and none is left";
}

TEST(LandingQueue, WideOnesGoTogetherAndOneGroupAtATime) {
  LandingQueue queue(kPlaces);
  const std::vector<std::uint64_t> wide{1, 2, 3, 4};
  ASSERT_TRUE(queue.try_push(in("wide1", wide)));
  ASSERT_TRUE(queue.try_push(in("new1", {4})));
  ASSERT_TRUE(queue.try_push(in("wide2", {5, 6, 7, 8})));
  const auto first = queue.pop();
  EXPECT_EQ(keys_of(*first), "wide1 wide2 ");
  EXPECT_TRUE(first->is_wide);
  ASSERT_TRUE(queue.try_push(in("wide3", wide)));
  EXPECT_EQ(keys_of(*queue.pop()), "new1 ") << "though a wide one waits";
  std::jthread later([&] { (void)queue.try_push(in("new2", {4})); });
  EXPECT_EQ(keys_of(*queue.pop()), "new2 ") << "the other thread is writing the wide ones";
  queue.wide_is_written();
  EXPECT_EQ(keys_of(*queue.pop()), "wide3 ");
  queue.wide_is_written();
  ASSERT_TRUE(queue.try_push(in("wide4", wide)));
  queue.close();
  EXPECT_EQ(keys_of(*queue.pop()), "wide4 ");
  EXPECT_FALSE(queue.pop());
}

TEST(LandingQueue, HalvesOfAWideGroupAreWide) {
  LandingQueue queue(kPlaces);
  for (const char* key : {"half1", "half2"}) {
    LandingGroup half;
    half.push_back(in(key, {1, 2, 3, 4}));
    queue.push_group(std::move(half));
  }
  ASSERT_TRUE(queue.try_push(in("wide", {5, 6, 7, 8})));
  ASSERT_TRUE(queue.try_push(in("new", {9})));
  const auto first = queue.pop();
  EXPECT_EQ(keys_of(*first), "half1 ");
  EXPECT_TRUE(first->is_wide);
  EXPECT_EQ(keys_of(*queue.pop()), "new ") << "though a wide half waits, and goes first";
  LandingGroup narrow;
  narrow.push_back(in("narrow", {9}));
  queue.push_group(std::move(narrow));
  EXPECT_EQ(keys_of(*queue.pop()), "narrow ");
  queue.close();
  EXPECT_FALSE(queue.pop()) << "the thread that writes the wide ones takes the others, too";
  queue.wide_is_written();
  EXPECT_EQ(keys_of(*queue.pop()), "half2 ");
  queue.wide_is_written();
  EXPECT_EQ(keys_of(*queue.pop()), "wide ");
}

TEST(LandingQueue, IdlenessIsSaidOnceAfterWork) {
  auto limits = kLimits;
  limits.idle_after = 1ms;
  LandingQueue queue(limits);
  ASSERT_TRUE(queue.try_push(pending("a")));
  EXPECT_EQ(queue.pop()->group.size(), 1u);
  EXPECT_TRUE(queue.pop()->idle);
  std::jthread later([&] { (void)queue.try_push(pending("b")); });
  EXPECT_EQ(queue.pop()->group.size(), 1u) << "it waits for work, without saying so again";
}

TEST(LandingQueue, ABusyQueueWaitsForMoreButNotForSilence) {
  LandingQueue queue(
      {.queue_max = 100, .deliveries_max = 3, .bytes_max = 100, .linger = 1h, .quiet = 1h});
  ASSERT_TRUE(queue.try_push(pending("a")));
  EXPECT_EQ(queue.pop()->group.size(), 1u) << "the first one finds it idle and leaves at once";
  ASSERT_TRUE(queue.try_push(pending("b")));
  std::jthread later([&] {
    (void)queue.try_push(pending("c"));
    (void)queue.try_push(pending("d"));
  });
  EXPECT_EQ(queue.pop()->group.size(), 3u) << "now it is busy: it waits until the group is full";
}

}  // namespace
}  // namespace sextant::lake
