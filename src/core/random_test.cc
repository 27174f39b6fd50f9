#include "core/random.h"

#include <gtest/gtest.h>

#include <set>

#include "core/trace.h"

namespace sextant {
namespace {

TEST(Random, HasTheAskedLengthAndDoesNotRepeat) {
  EXPECT_EQ(random_bytes(0), "");
  EXPECT_EQ(random_bytes(100'000).size(), 100'000u);
  EXPECT_EQ(random_hex(20).size(), 40u);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random_bytes(16));
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(Random, UuidIsVersion4) {
  for (int i = 0; i < 100; ++i) {
    const std::string id = make_uuid();
    ASSERT_EQ(id.size(), 36u);
    for (const std::size_t dash : {8, 13, 18, 23}) EXPECT_EQ(id[dash], '-') << id;
    EXPECT_EQ(id[14], '4') << id;
    EXPECT_NE(std::string_view("89ab").find(id[19]), std::string_view::npos) << id;
  }
}

TEST(Trace, RoundTripAndChild) {
  const Trace trace = make_trace();
  EXPECT_EQ(parse_traceparent(traceparent(trace)), trace);
  const Trace child = child_of(trace);
  EXPECT_EQ(child.trace_id, trace.trace_id);
  EXPECT_NE(child.parent_id, trace.parent_id);
  const Trace unsampled{trace.trace_id, trace.parent_id, false};
  EXPECT_EQ(parse_traceparent(traceparent(unsampled)), unsampled);
}

constexpr std::string_view kTraceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(Trace, ReadsOtherVersionsByTheirFirstFields) {
  const auto plain = parse_traceparent(kTraceparent);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(plain->parent_id, "00f067aa0ba902b7");
  EXPECT_EQ(parse_traceparent("cc" + std::string(kTraceparent.substr(2))), plain);
  EXPECT_EQ(parse_traceparent("cc" + std::string(kTraceparent.substr(2)) + "-more"), plain);
}

TEST(Trace, RefusesWhatTheRecommendationRefuses) {
  const std::string good(kTraceparent);
  std::string upper = good;
  upper[5] = 'F';
  const std::string refused[] = {"",
                                 good + "-00",
                                 good + "x",
                                 "ff" + good.substr(2),
                                 "cc" + good.substr(2) + "x",
                                 good.substr(0, 54),
                                 upper,
                                 "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                                 "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                                 "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
                                 "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g"};
  for (const auto& text : refused) EXPECT_EQ(parse_traceparent(text), std::nullopt) << text;
}

}  // namespace
}  // namespace sextant
