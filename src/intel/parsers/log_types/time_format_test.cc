#include "intel/parsers/log_types/time_format.h"

#include <gtest/gtest.h>

#include "core/time_text.h"

namespace sextant::intel {
namespace {

const Time kReceived = *parse_iso8601("2026-01-02T00:00:00Z");

std::string read(std::string_view format, std::string_view text, int zone_minutes = 0) {
  const auto made = TimeFormat::parse(format, zone_minutes);
  if (!made) return made.error().message;
  const auto micros = made->read(text, kReceived);
  return micros ? iso8601(Time(Duration(*micros))) : "none";
}

TEST(TimeFormatTest, ReadsWhatLogsWrite) {
  struct Case {
    const char* format;
    const char* text;
    const char* expected;
  };
  const Case cases[] = {
      {"iso8601", "2026-07-02T22:23:00.186641Z", "2026-07-02T22:23:00.186641Z"},
      {"iso8601", "2026-07-02T22:23:00+02:00", "2026-07-02T20:23:00Z"},
      {"iso8601", "2026-07-02T22:23:00", "2026-07-02T22:23:00Z"},
      {"iso8601", "yesterday", "none"},
      {"epoch", "1700000000", "2023-11-14T22:13:20Z"},
      {"epoch", "1700000000.25", "2023-11-14T22:13:20.250000Z"},
      {"epoch_ms", "1700000000123", "2023-11-14T22:13:20.123000Z"},
      {"epoch_us", "1700000000123456", "2023-11-14T22:13:20.123456Z"},
      {"epoch_ns", "1700000000123456789", "2023-11-14T22:13:20.123456Z"},
      {"epoch", "-1", "none"},
      {"epoch", "99999999999999", "none"},
      {"epoch", "17.x", "none"},
      {"%d/%b/%Y:%H:%M:%S %z", "06/Feb/2019:00:00:38 +0100", "2019-02-05T23:00:38Z"},
      {"%d/%b/%Y:%H:%M:%S %z", "06/Feb/2019:00:00:38 +0100 ", "none"},
      {"%d/%b/%Y:%H:%M:%S %z", "31/Feb/2019:00:00:38 +0100", "none"},
      {"%d/%b/%Y:%H:%M:%S %z", "06/Feb/2019:24:00:38 +0100", "none"},
      {"%F %T.%f", "2026-07-02 22:23:00.5", "2026-07-02T22:23:00.500000Z"},
      {"%F %T,%f", "2026-07-02 22:23:00,123456789", "2026-07-02T22:23:00.123456Z"},
      {"%a %b %e %T %Y", "Thu Jul  2 22:23:00 2026", "2026-07-02T22:23:00Z"},
      {"%A, %d %B %y %I:%M %p", "Thursday, 02 July 26 12:05 am", "2026-07-02T00:05:00Z"},
      {"%m/%d/%Y %I:%M:%S %p", "07/02/2026 01:02:03 PM", "2026-07-02T13:02:03Z"},
      {"%Y%j %H", "2024366 05", "2024-12-31T05:00:00Z"},
      {"%Y%j %H", "2025366 05", "none"},
      {"%s%%", "1700000000%", "2023-11-14T22:13:20Z"},
      {"%F %T %Z", "2026-07-02 22:23:00 GMT", "2026-07-02T22:23:00Z"},
      {"%F %T %Z", "2026-07-02 22:23:00 CET", "none"},
      // Without a year: the latest that is not in the future.
      {"%b %d %T", "Dec 31 23:59:59", "2025-12-31T23:59:59Z"},
      {"%b %d %T", "Jan 2 12:00:00", "2026-01-02T12:00:00Z"},
      {"%b %d %T", "Jan 4 12:00:00", "2025-01-04T12:00:00Z"},
      {"%b %d %T", "Feb 29 12:00:00", "2024-02-29T12:00:00Z"},
  };
  for (const auto& [format, text, expected] : cases)
    EXPECT_EQ(read(format, text), expected) << format << " " << text;
}

TEST(TimeFormatTest, ATimeWithoutAZoneIsLocal) {
  EXPECT_EQ(read("%F %T", "2026-07-02 22:23:00", 120), "2026-07-02T20:23:00Z");
  EXPECT_EQ(read("iso8601", "2026-07-02T22:23:00", -330), "2026-07-03T03:53:00Z");
  EXPECT_EQ(read("iso8601", "2026-07-02T22:23:00Z", 120), "2026-07-02T22:23:00Z");
}

TEST(TimeFormatTest, AFormatThatGivesNoTimeIsRefused) {
  struct Case {
    const char* format;
    const char* expected;
  };
  const Case cases[] = {
      {"iso", "no format of a time"}, {"%Q", "'%Q'"},      {"%d %", "ends in '%'"},
      {"%H:%M", "no month"},          {"%Y-%m", "no day"}, {"%F %I:%M", "%I and %p"},
  };
  for (const auto& [format, expected] : cases)
    EXPECT_TRUE(read(format, "").contains(expected)) << format << ": " << read(format, "");
}

}  // namespace
}  // namespace sextant::intel
