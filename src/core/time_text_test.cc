#include "core/time_text.h"

#include <gtest/gtest.h>

namespace sextant {
namespace {

using std::chrono::sys_days;
using namespace std::chrono_literals;

const Time kWhen = sys_days(2026y / 7 / 2) + 22h + 23min + 186641us;

TEST(TimeText, Forms) {
  EXPECT_EQ(iso8601(kWhen), "2026-07-02T22:23:00.186641Z");
  EXPECT_EQ(iso8601(kWhen - 186641us), "2026-07-02T22:23:00Z");
  EXPECT_EQ(iso8601_millis(kWhen), "2026-07-02T22:23:00.186Z");
  EXPECT_EQ(iso8601_millis(kWhen - 186641us), "2026-07-02T22:23:00.000Z");
  EXPECT_EQ(iso8601_basic(kWhen), "20260702T222300Z");
  EXPECT_EQ(http_date(kWhen), "Thu, 02 Jul 2026 22:23:00 GMT");
  EXPECT_EQ(iso8601(Time{} - 1us), "1969-12-31T23:59:59.999999Z");
}

TEST(TimeText, ReadsItsOwnForms) {
  EXPECT_EQ(parse_iso8601(iso8601(kWhen)), kWhen);
  EXPECT_EQ(parse_iso8601_basic("20260702T222300Z"), kWhen - 186641us);
  EXPECT_EQ(parse_http_date(http_date(kWhen)), kWhen - 186641us);
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"),
            sys_days(1994y / 11 / 6) + 8h + 49min + 37s);
}

TEST(TimeText, FractionsAndOffsets) {
  const Time minute = sys_days(2026y / 7 / 2) + 22h + 23min;
  EXPECT_EQ(parse_iso8601("2026-07-02T22:23:00.5Z"), minute + 500ms);
  EXPECT_EQ(parse_iso8601("2026-07-02T22:23:00.123456789Z"), minute + 123456us);
  EXPECT_EQ(parse_iso8601("2026-07-03T00:23:00+02:00"), minute);
  EXPECT_EQ(parse_iso8601("2026-07-02T16:53:00-05:30"), minute);
  EXPECT_EQ(parse_iso8601("2024-02-29T00:00:00Z"), sys_days(2024y / 2 / 29));
}

TEST(TimeText, RefusesTheRest) {
  for (const auto text :
       {"", "2026-07-02", "2026-07-02T22:23:00", "2026-07-02 22:23:00Z", "2026-07-02T22:23:00.Z",
        "2026-07-02T22:23:00.1234567890Z", "2026-13-02T22:23:00Z", "2026-02-29T22:23:00Z",
        "2026-07-02T24:00:00Z", "2026-07-02T22:60:00Z", "2026-07-02T22:23:60Z",
        "2026-07-02T22:23:00Zx", "2026-07-02T22:23:00+0200", "0000-01-01T00:00:00+00:01",
        "9999-12-31T23:59:00-00:01", "2026-07-02T22:23:00+24:00", "2026-7-02T22:23:00Z",
        "2026-07-02T22:23:00z", "+026-07-02T22:23:00Z"}) {
    EXPECT_EQ(parse_iso8601(text), std::nullopt) << text;
  }
  for (const auto text : {"20260702T222300", "20260702T222300Zx", "20260732T222300Z", "20260702"}) {
    EXPECT_EQ(parse_iso8601_basic(text), std::nullopt) << text;
  }
  for (const auto text : {"Fri, 02 Jul 2026 22:23:00 GMT", "Thu, 2 Jul 2026 22:23:00 GMT",
                          "Thu, 02 Jul 2026 22:23:00 UTC", "Thu, 02 Xyz 2026 22:23:00 GMT",
                          "Xyz, 02 Jul 2026 22:23:00 GMT", "Thu, 02 Jul 2026 22:23:00 GMT "}) {
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace sextant
