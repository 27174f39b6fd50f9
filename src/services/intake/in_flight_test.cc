#include "services/intake/in_flight.h"

#include <gtest/gtest.h>

#include <optional>

namespace sextant::services::intake {
namespace {

TEST(InFlight, ASourceAndAllTogetherHaveSoMany) {
  InFlight in_flight({.of_source_max = 2, .max = 3});
  std::optional<InFlight::Slot> first(std::move(*in_flight.enter("web")));
  const auto second = in_flight.enter("web");
  ASSERT_TRUE(second);
  const auto refusal = [&](const std::string& source) {
    const auto slot = in_flight.enter(source);
    return slot ? std::string() : slot.error().name;
  };
  EXPECT_EQ(refusal("web"), "ThrottlingException");
  const auto third = in_flight.enter("dns");
  ASSERT_TRUE(third);
  EXPECT_EQ(refusal("dns"), "SlowDown");
  EXPECT_EQ(refusal("new"), "SlowDown");
  first.reset();
  EXPECT_EQ(refusal("web"), "")
      << "what a slot held is free again, and what was moved from it once";
  EXPECT_EQ(refusal("web"), "");
}

}  // namespace
}  // namespace sextant::services::intake
