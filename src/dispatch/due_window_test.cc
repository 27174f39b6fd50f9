#include "dispatch/due_window.h"

#include <gtest/gtest.h>

namespace sextant::dispatch {
namespace {

constexpr std::size_t kItems = 100;

DueEntry entry(int micros, const std::string& id) {
  return {Time(Duration(micros)), DeliveryId(id)};
}

TEST(DueWindow, GivesTheEarliestThatIsDue) {
  DueWindow window(kItems);
  window.add(entry(20, "b"));
  window.add(entry(10, "a"));
  EXPECT_FALSE(window.take(Time(Duration(9))));
  EXPECT_EQ(window.next(), Time(Duration(10)));
  EXPECT_EQ(window.take(Time(Duration(30)))->id.text(), "a");
  EXPECT_EQ(window.take(Time(Duration(30)))->id.text(), "b");
  EXPECT_EQ(window.in_flight(), 2u);
  window.finished(DeliveryId("a"));
  EXPECT_EQ(window.in_flight(), 1u);
}

TEST(DueWindow, BeyondItsBoundTheStoreKeepsTheRest) {
  DueWindow window(kItems);
  for (int i = 0; i < static_cast<int>(kItems) + 5; ++i) window.add(entry(i, std::to_string(i)));
  std::size_t taken = 0;
  while (window.take(Time(Duration(1'000'000)))) ++taken;
  EXPECT_EQ(taken, kItems);
  EXPECT_TRUE(window.needs_refill());
}

TEST(DueWindow, ARefillDoesNotBringBackWhatIsInFlight) {
  DueWindow window(kItems);
  for (int i = 0; i <= static_cast<int>(kItems); ++i) window.add(entry(i, std::to_string(i)));
  while (window.take(Time(Duration(1'000'000)))) {
  }
  ASSERT_TRUE(window.needs_refill());
  window.begin_refill();
  EXPECT_FALSE(window.needs_refill());
  window.add(entry(7, "new"));  // arrives while the store is being read
  window.end_refill({entry(3, "3"), entry(200, "200")}, true);
  EXPECT_EQ(window.take(Time(Duration(1'000'000)))->id.text(), "new");
  EXPECT_EQ(window.take(Time(Duration(1'000'000)))->id.text(), "200");
  EXPECT_FALSE(window.take(Time(Duration(1'000'000))));
  EXPECT_FALSE(window.needs_refill());
}

// New work must not wait for what waits for its back-off.
TEST(DueWindow, WhatIsDueBeforeTheLastOfAFullWindowComesIn) {
  DueWindow window(kItems);
  for (int i = 0; i <= static_cast<int>(kItems); ++i)
    window.add(entry(1'000 + i, std::to_string(i)));
  window.add(entry(5, "new"));
  EXPECT_EQ(window.take(Time(Duration(10)))->id.text(), "new");
  std::size_t taken = 0;
  while (window.take(Time(Duration(1'000'000)))) ++taken;
  EXPECT_EQ(taken, kItems - 1);  // it took the place of the last one, which the store still holds
  EXPECT_TRUE(window.needs_refill());
}

TEST(DueWindow, HoldsEachDeliveryOnce) {
  DueWindow window(kItems);
  window.add(entry(10, "a"));
  window.add(entry(10, "a"));
  window.add(entry(20, "a"));  // not committed: the store has it at its old time
  EXPECT_TRUE(window.take(Time(Duration(30))));
  EXPECT_FALSE(window.take(Time(Duration(30))));
  window.add(entry(10, "a"));  // in flight
  EXPECT_FALSE(window.take(Time(Duration(30))));
  window.finished(DeliveryId("a"));
  window.add(entry(40, "a"));  // to be tried again
  EXPECT_EQ(window.next(), Time(Duration(40)));
}

TEST(DueWindow, WhatLiesBehindARefillIsLeftToTheNext) {
  DueWindow window(kItems);
  window.begin_refill();
  window.add(entry(50, "far"));
  window.add(entry(5, "near"));
  window.end_refill({entry(10, "a"), entry(20, "b")}, false);
  std::string order;
  while (auto next = window.take(Time(Duration(100)))) order += next->id.text() + " ";
  EXPECT_EQ(order, "near a b ");
  EXPECT_TRUE(window.needs_refill());
}

TEST(DueWindow, AFailedReadOfTheStoreIsTriedAgain) {
  DueWindow window(kItems);
  window.begin_refill();
  window.add(entry(5, "near"));
  window.end_refill({}, false);
  EXPECT_TRUE(window.take(Time(Duration(100))));
  EXPECT_TRUE(window.needs_refill());
}

}  // namespace
}  // namespace sextant::dispatch
