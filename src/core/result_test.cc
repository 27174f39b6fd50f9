#include "core/result.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <memory>

#include "core/fault_point.h"

namespace sextant {
namespace {

Result<std::unique_ptr<int>> make_number(int number) {
  if (number < 0) return fail(Code::Invalid, "negative", "NegativeNumber");
  return std::make_unique<int>(number);
}

Result<int> twice(int number) {
  SX_TRY(make_number(number));
  SX_TRY_AS(const auto held, within("twice", make_number(number)));
  return *held * 2;
}

TEST(Result, TryReturnsTheErrorOrTheValue) {
  EXPECT_EQ(twice(4), 8);
  const auto error = twice(-1);
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().code, Code::Invalid);
  EXPECT_EQ(error.error().name, "NegativeNumber");
}

TEST(Result, WithinSaysWhere) {
  const auto error = within("open table 'alb'", make_number(-1));
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().message, "open table 'alb': negative");
  EXPECT_EQ(*within("open", make_number(3)).value(), 3);
}

TEST(Result, EveryCodeHasAName) {
  for (int code = 0; code <= static_cast<int>(Code::Corrupt); ++code) {
    EXPECT_NE(to_string(static_cast<Code>(code)), "?");
  }
}

TEST(Result, ABrokenInvariantEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(SX_CHECK(1 + 1 == 3), "broken invariant: 1 \\+ 1 == 3");
}

// The child is this program started anew, so that it reads the environment as a node does.
TEST(FaultPoint, KillsAtTheNamedPointAndCount) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  fault_point("other");
  ::setenv("SEXTANT_FAULT_POINT", "here:2", 1);
  EXPECT_EXIT(
      {
        fault_point("other");
        fault_point("here");
        std::fputs("first passed\n", stderr);
        fault_point("here");
        std::exit(0);
      },
      testing::KilledBySignal(SIGKILL), "first passed");
  ::unsetenv("SEXTANT_FAULT_POINT");
}

}  // namespace
}  // namespace sextant
