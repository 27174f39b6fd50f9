#include "services/intake/rate_limits.h"

#include <gtest/gtest.h>

namespace sextant::services::intake {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Time kStart{seconds(1'800'000'000)};

store::IntakeSource source(std::uint64_t requests, std::uint64_t bytes) {
  return {.name = "web", .requests_per_s = requests, .bytes_per_s = bytes};
}

TEST(RateLimits, RequestsAreSavedForTwoSeconds) {
  RateLimits limits;
  const auto web = source(5, 1'000'000);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(limits.try_enter(web, 1, kStart)) << i;
  EXPECT_FALSE(limits.try_enter(web, 1, kStart));
  EXPECT_FALSE(limits.try_enter(web, 1, kStart + milliseconds(199)));
  EXPECT_TRUE(limits.try_enter(web, 1, kStart + milliseconds(401)));
  EXPECT_TRUE(limits.try_enter(web, 1, kStart + milliseconds(401)));
  EXPECT_FALSE(limits.try_enter(web, 1, kStart + milliseconds(401)));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(limits.try_enter(web, 1, kStart + seconds(60))) << i;
  EXPECT_FALSE(limits.try_enter(web, 1, kStart + seconds(60)));
}

TEST(RateLimits, ALargeBatchIsTakenWholeAndPaidOff) {
  RateLimits limits;
  const auto web = source(100, 1'000);
  EXPECT_TRUE(limits.try_enter(web, 5'000, kStart)) << "2,000 are saved";
  EXPECT_FALSE(limits.try_enter(web, 1, kStart));
  EXPECT_FALSE(limits.try_enter(web, 1, kStart + milliseconds(2'999)));
  EXPECT_TRUE(limits.try_enter(web, 1, kStart + milliseconds(3'001)));
}

TEST(RateLimits, BytesThatWereNotKnownCountToo) {
  RateLimits limits;
  const auto web = source(100, 1'000);
  limits.charge(web, 1);  // of nobody who came in
  EXPECT_TRUE(limits.try_enter(web, 0, kStart));
  limits.charge(web, 2'000);
  EXPECT_FALSE(limits.try_enter(web, 0, kStart));
  limits.forget("web");
  EXPECT_TRUE(limits.try_enter(web, 0, kStart));
}

TEST(RateLimits, AreEachSourcesOwnAndSurviveAClockSetBack) {
  RateLimits limits;
  auto dns = source(1, 1'000);
  dns.name = "dns";
  const auto web = source(1, 1'000);
  EXPECT_TRUE(limits.try_enter(web, 1, kStart));
  EXPECT_TRUE(limits.try_enter(web, 1, kStart));
  EXPECT_FALSE(limits.try_enter(web, 1, kStart));
  EXPECT_TRUE(limits.try_enter(dns, 1, kStart));
  EXPECT_FALSE(limits.try_enter(web, 1, kStart - seconds(3'600)));
  EXPECT_TRUE(limits.try_enter(web, 1, kStart - seconds(3'598))) << "time goes on from there";
}

}  // namespace
}  // namespace sextant::services::intake
