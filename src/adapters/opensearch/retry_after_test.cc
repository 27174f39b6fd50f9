#include "adapters/opensearch/retry_after.h"

#include <gtest/gtest.h>

namespace sextant::adapters {
namespace {

TEST(RetryAfter, IsSecondsOrADate) {
  using std::chrono::seconds;
  const std::string now = "Thu, 02 Jul 2026 22:23:00 GMT";
  struct Case {
    const char* told;
    std::optional<seconds> wanted;
  };
  for (const auto& [told, wanted] :
       {Case{"0", seconds(0)}, Case{"7", seconds(7)}, Case{"3600", seconds(3600)},
        Case{"99999999999999999999", kRetryAfterMax}, Case{"1000000", kRetryAfterMax},
        Case{"Thu, 02 Jul 2026 22:25:30 GMT", seconds(150)},
        Case{"Thu, 02 Jul 2026 22:20:00 GMT", seconds(0)}, Case{"", std::nullopt},
        Case{"-1", std::nullopt}, Case{"1.5", std::nullopt}, Case{"soon", std::nullopt}}) {
    EXPECT_EQ(retry_after({{"Date", now}, {"Retry-After", told}}), wanted) << told;
  }
  EXPECT_EQ(retry_after({{"Date", now}}), std::nullopt);
  EXPECT_EQ(retry_after({{"Retry-After", now}}), std::nullopt) << "relative to what?";
}

}  // namespace
}  // namespace sextant::adapters
