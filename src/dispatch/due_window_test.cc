#include "dispatch/due_window.h"

#include <gtest/gtest.h>

namespace sextant::dispatch {
namespace {

DueEntry entry(int micros, const std::string& id) {
  return {Time(Duration(micros)), DeliveryId(id)};
}

TEST(DueWindow, GivesTheEarliestThatIsDue) {
  DueWindow window;
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
  DueWindow window;
  for (int i = 0; i < static_cast<int>(DueWindow::kItemsMax) + 5; ++i)
    window.add(entry(i, std::to_string(i)));
  std::size_t taken = 0;
  while (window.take(Time(Duration(1'000'000)))) ++taken;
  EXPECT_EQ(taken, DueWindow::kItemsMax);
  EXPECT_TRUE(window.needs_refill());
}

TEST(DueWindow, ARefillDoesNotBringBackWhatIsInFlight) {
  DueWindow window;
  for (int i = 0; i <= static_cast<int>(DueWindow::kItemsMax); ++i)
    window.add(entry(i, std::to_string(i)));
  while (window.take(Time(Duration(1'000'000)))) {
  }
  ASSERT_TRUE(window.needs_refill());
  window.begin_refill();
  EXPECT_FALSE(window.needs_refill());
  window.add(entry(7, "new"));  // arrives while the store is being read
  window.end_refill({entry(3, "3"), entry(8'192, "8192")}, true);
  EXPECT_EQ(window.take(Time(Duration(1'000'000)))->id.text(), "new");
  EXPECT_EQ(window.take(Time(Duration(1'000'000)))->id.text(), "8192");
  EXPECT_FALSE(window.take(Time(Duration(1'000'000))));
  EXPECT_FALSE(window.needs_refill());
}

}  // namespace
}  // namespace sextant::dispatch
