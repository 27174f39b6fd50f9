#include "core/time_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace sextant {
namespace {

using std::chrono::days;
using std::chrono::floor;

constexpr std::array<std::string_view, 7> kWeekdays{"Sun", "Mon", "Tue", "Wed",
                                                    "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// What four digits of a year can say, in UTC: an offset may lead out of it.
constexpr Time kFirst = std::chrono::sys_days(std::chrono::year(0) / 1 / 1);
constexpr Time kLast = Time(std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1)) - Duration(1);

struct Civil {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<Duration> clock;

  explicit Civil(Time time) : date(floor<days>(time)), clock(time - floor<days>(time)) {}
  int year() const { return static_cast<int>(date.year()); }
  unsigned month() const { return static_cast<unsigned>(date.month()); }
  unsigned day() const { return static_cast<unsigned>(date.day()); }
};

std::string seconds_text(const Civil& at) {
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", at.year(), at.month(), at.day(),
                     at.clock.hours().count(), at.clock.minutes().count(),
                     at.clock.seconds().count());
}

// Takes fixed pieces off the front of a text; after the first that does not fit, all fail.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }
  bool next_is(char c) const { return ok_ && !rest_.empty() && rest_.front() == c; }

  int digits(std::size_t count) {
    if (!ok_ || rest_.size() < count) return refuse();
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(rest_[i])) return refuse();
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

  void literal(std::string_view text) {
    if (!ok_ || !rest_.starts_with(text)) {
      refuse();
      return;
    }
    rest_.remove_prefix(text.size());
  }

  template <std::size_t N>
  unsigned one_of(const std::array<std::string_view, N>& names) {
    const auto found = std::ranges::find(names, rest_.substr(0, 3));
    if (!ok_ || found == names.end()) return static_cast<unsigned>(refuse());
    rest_.remove_prefix(3);
    return static_cast<unsigned>(std::distance(names.begin(), found));
  }

  // The digits after the point as microseconds; what is finer is cut off.
  Duration fraction() {
    std::size_t count = 0;
    std::int64_t micros = 0;
    while (count < rest_.size() && is_digit(rest_[count])) {
      if (count < 6) micros = micros * 10 + (rest_[count] - '0');
      ++count;
    }
    if (count == 0 || count > 9) refuse();
    for (std::size_t place = count; place < 6; ++place) micros *= 10;
    rest_.remove_prefix(count);
    return Duration(micros);
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  int refuse() {
    ok_ = false;
    return 0;
  }
  std::string_view rest_;
  bool ok_ = true;
};

struct Fields {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

std::optional<Time> to_time(const Fields& at) {
  const std::chrono::year_month_day date{std::chrono::year(at.year),
                                         std::chrono::month(static_cast<unsigned>(at.month)),
                                         std::chrono::day(static_cast<unsigned>(at.day))};
  if (!date.ok() || at.hour > 23 || at.minute > 59 || at.second > 59) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(at.hour) +
         std::chrono::minutes(at.minute) + std::chrono::seconds(at.second);
}

// Two digits, or `bad` set: without a branch, since every line of a log passes here.
int two_digits(const char* at, bool& bad) {
  const auto tens = static_cast<unsigned>(at[0] - '0');
  const auto ones = static_cast<unsigned>(at[1] - '0');
  bad |= tens > 9 || ones > 9;
  return static_cast<int>((tens * 10 + ones) & 0x7F);  // at most 99 unless bad
}

// The "yyyy-mm-ddThh:mm:ss" that a text begins with.
constexpr std::size_t kSecondsSize = 19;
std::optional<Time> read_seconds(std::string_view text) {
  if (text.size() < kSecondsSize) return std::nullopt;
  const char* const at = text.data();
  bool bad = at[4] != '-' || at[7] != '-' || at[10] != 'T' || at[13] != ':' || at[16] != ':';
  const Fields fields{.year = two_digits(at, bad) * 100 + two_digits(at + 2, bad),
                      .month = two_digits(at + 5, bad),
                      .day = two_digits(at + 8, bad),
                      .hour = two_digits(at + 11, bad),
                      .minute = two_digits(at + 14, bad),
                      .second = two_digits(at + 17, bad)};
  if (bad) return std::nullopt;
  return to_time(fields);
}

// "Z" or "+hh:mm": how far the text's clock is ahead of UTC.
Duration scan_offset(Scanner& scan) {
  if (scan.next_is('Z')) {
    scan.literal("Z");
    return {};
  }
  const bool behind = scan.next_is('-');
  scan.literal(behind ? "-" : "+");
  const int hours = scan.digits(2);
  scan.literal(":");
  const int minutes = scan.digits(2);
  if (hours > 23 || minutes > 59) scan.literal("an offset of less than a day");
  const auto offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return behind ? -offset : offset;
}

}  // namespace

std::string iso8601(Time time) {
  const Civil at(time);
  const auto micros = at.clock.subseconds().count();
  std::string text = seconds_text(at);
  if (micros != 0) fmt::format_to(std::back_inserter(text), ".{:06}", micros);
  text.push_back('Z');
  return text;
}

std::string iso8601_millis(Time time) {
  const Civil at(time);
  return fmt::format("{}.{:03}Z", seconds_text(at), at.clock.subseconds().count() / 1000);
}

std::string iso8601_basic(Time time) {
  const Civil at(time);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", at.year(), at.month(), at.day(),
                     at.clock.hours().count(), at.clock.minutes().count(),
                     at.clock.seconds().count());
}

std::string http_date(Time time) {
  const Civil at(time);
  const std::chrono::weekday weekday(std::chrono::sys_days(at.date));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kWeekdays[weekday.c_encoding()],
                     at.day(), kMonths[at.month() - 1], at.year(), at.clock.hours().count(),
                     at.clock.minutes().count(), at.clock.seconds().count());
}

std::optional<Time> parse_iso8601(std::string_view text) {
  const auto seconds = read_seconds(text);
  if (!seconds) return std::nullopt;
  Scanner scan(text.substr(kSecondsSize));
  Duration fraction{};
  if (scan.next_is('.')) {
    scan.literal(".");
    fraction = scan.fraction();
  }
  const Duration ahead = scan_offset(scan);
  if (!scan.at_end()) return std::nullopt;
  const Time time = *seconds + fraction - ahead;
  if (time < kFirst || time > kLast) return std::nullopt;
  return time;
}

std::optional<Time> parse_iso8601_basic(std::string_view text) {
  Scanner scan(text);
  Fields at;
  at.year = scan.digits(4);
  at.month = scan.digits(2);
  at.day = scan.digits(2);
  scan.literal("T");
  at.hour = scan.digits(2);
  at.minute = scan.digits(2);
  at.second = scan.digits(2);
  scan.literal("Z");
  return scan.at_end() ? to_time(at) : std::nullopt;
}

std::optional<Time> parse_http_date(std::string_view text) {
  Scanner scan(text);
  Fields at;
  const unsigned weekday = scan.one_of(kWeekdays);
  scan.literal(", ");
  at.day = scan.digits(2);
  scan.literal(" ");
  at.month = static_cast<int>(scan.one_of(kMonths)) + 1;
  scan.literal(" ");
  at.year = scan.digits(4);
  scan.literal(" ");
  at.hour = scan.digits(2);
  scan.literal(":");
  at.minute = scan.digits(2);
  scan.literal(":");
  at.second = scan.digits(2);
  scan.literal(" GMT");
  const auto time = to_time(at);
  if (!scan.at_end() || !time) return std::nullopt;
  const bool day_matches =
      std::chrono::weekday(floor<days>(*time)) == std::chrono::weekday(weekday);
  return day_matches ? time : std::nullopt;
}

}  // namespace sextant
