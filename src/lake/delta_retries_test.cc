#include "lake/delta_retries.h"

#include <gtest/gtest.h>

namespace sextant::lake {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Tables = std::set<TableName>;

const TableName kAlb("alb");
const Time kNow{std::chrono::hours(1'000'000 / 2)};

TEST(DeltaRetries, EachFailureDoublesTheWaitUpToTheLongest) {
  DeltaRetries retries;
  auto now = kNow;
  for (const Duration wait :
       {seconds(1), seconds(2), seconds(4), seconds(8), seconds(16), seconds(32), seconds(64),
        seconds(128), seconds(256), seconds(300), seconds(300)}) {
    retries.failed(kAlb, "damaged", now);
    EXPECT_EQ(retries.next_due(), now + wait);
    EXPECT_TRUE(retries.rests(kAlb, now));
    EXPECT_EQ(retries.due(now), Tables{});
    now += wait;
    EXPECT_FALSE(retries.rests(kAlb, now));
    EXPECT_EQ(retries.due(now), Tables{kAlb});
  }
}

TEST(DeltaRetries, AReasonIsSaidOnceUntilItIsOver) {
  DeltaRetries retries;
  EXPECT_TRUE(retries.failed(kAlb, "damaged", kNow));
  EXPECT_FALSE(retries.failed(kAlb, "damaged", kNow));
  EXPECT_TRUE(retries.failed(kAlb, "disk full", kNow));
  retries.published(kAlb);
  EXPECT_EQ(retries.next_due(), std::nullopt);
  EXPECT_TRUE(retries.failed(kAlb, "disk full", kNow));
  EXPECT_EQ(retries.next_due(), kNow + DeltaRetries::kFirst) << "it begins anew";
}

TEST(DeltaRetries, TablesWaitEachForItself) {
  DeltaRetries retries;
  const TableName waf("waf");
  retries.failed(kAlb, "damaged", kNow);
  retries.failed(kAlb, "damaged", kNow);
  retries.failed(waf, "damaged", kNow);
  EXPECT_EQ(retries.next_due(), kNow + seconds(1));
  EXPECT_EQ(retries.due(kNow + seconds(1)), Tables{waf});
  EXPECT_EQ(retries.due(kNow + minutes(1)), (Tables{kAlb, waf}));
  EXPECT_FALSE(retries.rests(TableName("other"), kNow));
}

}  // namespace
}  // namespace sextant::lake
