#include "intel/parsers/numbers.h"

#include <gtest/gtest.h>

#include <string>

namespace sextant::intel {
namespace {

TEST(Numbers, IntegersAreStrict) {
  EXPECT_EQ(read_integer("0"), 0);
  EXPECT_EQ(read_integer("-1"), -1);
  EXPECT_EQ(read_integer("9223372036854775807"), INT64_MAX);
  for (const std::string_view text :
       {"", "-", "+1", " 1", "1 ", "1.0", "0x1", "9223372036854775808", "--1"}) {
    EXPECT_FALSE(read_integer(text)) << text;
  }
}

TEST(Numbers, DecimalsAreTheNearestDouble) {
  const std::pair<std::string_view, double> cases[] = {
      {"0", 0},
      {"0.000", 0},
      {"-1", -1},
      {"0.1", 0.1},
      {"4000.123", 4000.123},
      {"123456789.123456789", 123456789.123456789},
      {"-0.25", -0.25},
      {"0.30000000000000004", 0.30000000000000004},
      {"00.5", 0.5},
      {"999999999999999", 999999999999999.0},
  };
  for (const auto& [text, value] : cases) EXPECT_EQ(read_decimal(text), value) << text;
}

TEST(Numbers, DecimalsAreStrict) {
  for (const std::string_view text :
       {"", "-", ".", ".5", "5.", "-.5", "1e3", "1,5", "+1", "nan", "inf", "1.2.3", "0x10",
        "1.0000000000000000000x", ".00000000000000000001", "1.0000000000000000e5"}) {
    EXPECT_FALSE(read_decimal(text)) << text;
  }
}

TEST(Numbers, TimesAreTheSameWithAndWithoutTheMinuteBefore) {
  TimeReader reader;
  EXPECT_EQ(reader.read("1970-01-01T00:00:00.000001Z"), 1);
  EXPECT_EQ(reader.read("1970-01-01T00:00:59.999999Z"), 59'999'999);
  EXPECT_EQ(reader.read("1970-01-01T00:01:00.000000Z"), 60'000'000);
  EXPECT_EQ(reader.read("1969-12-31T23:59:59.000000Z"), -1'000'000);
  EXPECT_EQ(reader.read("1969-12-31T23:59:01.500000Z"), -58'500'000);
  EXPECT_EQ(reader.read("1970-01-01T00:00:01Z"), 1'000'000);
  EXPECT_EQ(TimeReader().read("2026-07-02T22:23:00.186641Z"), 1'783'030'980'186'641);
}

TEST(Numbers, ATimeThatIsNoneIsRefusedAlsoInAKnownMinute) {
  TimeReader reader;
  ASSERT_TRUE(reader.read("2026-07-02T22:23:00.186641Z"));
  for (const std::string_view text :
       {"2026-07-02T22:23:60.186641Z", "2026-07-02T22:23:0x.186641Z", "2026-07-02T22:23:00.18664xZ",
        "2026-07-02T22:23:00.186641", "2026-07-02 22:23:00.186641Z", "2026-13-02T22:23:00.186641Z",
        "-", ""}) {
    EXPECT_FALSE(reader.read(text)) << text;
  }
}

TEST(Numbers, ClockTimesAreReadWithTheirZoneAndEitherNameOfTheMonth) {
  const std::pair<std::string_view, std::int64_t> cases[] = {
      {"[01/Jan/1970:00:00:00 +0000]", 0},
      {"[06/Feb/2019:00:00:38 +0000]", 1549411238},
      {"[06/Feb/2019:00:00:39 +0000]", 1549411239},  // the minute is known
      {"[06/February/2019:00:00:38 +0000]", 1549411238},
      {"[06/Feb/2019:01:30:38 +0130]", 1549411238},
      {"[05/Feb/2019:23:00:38 -0100]", 1549411238},
      {"[31/Dec/1969:23:59:59 +0000]", -1},
      {"[31/Dec/1969:23:59:58 +0000]", -2},
  };
  ClockTimeReader reader;
  for (const auto& [text, seconds] : cases)
    EXPECT_EQ(reader.read(text), seconds * 1'000'000) << text;
}

TEST(Numbers, ClockTimesAreStrict) {
  ClockTimeReader reader;
  ASSERT_TRUE(reader.read("[06/Feb/2019:00:00:38 +0000]"));
  for (const std::string_view text :
       {"", "[", "[]", "[06/Feb/2019:00:00:60 +0000]", "[06/Feb/2019:00:00:3x +0000]",
        "06/Feb/2019:00:00:38 +0000", "[30/Feb/2019:00:00:38 +0000]",
        "[06/feb/2019:00:00:38 +0000]", "[06/Feb/19:00:00:38 +0000]",
        "[06/Feb/2019:24:00:38 +0000]", "[6/Feb/2019:00:00:38 +0000]",
        "[06/Feb/2019:00:00:38 0000]", "[06/Feb/2019 00:00:38 +0000]", "[/:00:00:38 +0100]",
        "[06:00:00:38 +0100]", "[06//2019:00:00:38 +0000]"}) {
    EXPECT_FALSE(reader.read(text)) << text;
  }
}

}  // namespace
}  // namespace sextant::intel
