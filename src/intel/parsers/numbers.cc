#include "intel/parsers/numbers.h"

#include <charconv>
#include <chrono>
#include <cstring>
#include <iterator>

#include "core/time_text.h"

namespace sextant::intel {
namespace {

constexpr std::size_t kExactDigits = 15;  // every integer of so many digits is a double
constexpr double kPowersOfTen[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The number of digits that `text` begins with; their value is appended to `value`.
std::size_t take_digits(std::string_view text, std::int64_t& value) {
  std::size_t count = 0;
  for (; count < text.size() && is_digit(text[count]); ++count) {
    value = value * 10 + (text[count] - '0');
  }
  return count;
}

constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

// 1 … 12 for "Feb" and "February".
std::optional<unsigned> month_of(std::string_view name) {
  for (unsigned month = 0; month < std::size(kMonths); ++month) {
    if (name == kMonths[month] || name == kMonths[month].substr(0, 3)) return month + 1;
  }
  return std::nullopt;
}

// The two digits at `at`, at most `max`.
std::optional<std::int64_t> two_digits(std::string_view text, std::size_t at, std::int64_t max) {
  std::int64_t value = 0;
  if (text.size() < at + 2 || take_digits(text.substr(at, 2), value) != 2) return std::nullopt;
  return value <= max ? std::optional(value) : std::nullopt;
}

// "06/Feb/2019", as days since 1970.
std::optional<std::int64_t> read_day(std::string_view text) {
  const auto day = two_digits(text, 0, 31);
  const auto slash = text.rfind('/');
  if (!day || slash < 4 || slash + 5 != text.size() || text[2] != '/') return std::nullopt;
  const auto month = month_of(text.substr(3, slash - 3));
  std::int64_t year = 0;
  if (!month || take_digits(text.substr(slash + 1), year) != 4) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

// "[06/Feb/2019:00:00:38 +0100]", as microseconds since 1970.
std::optional<std::int64_t> read_clock_time(std::string_view text) {
  constexpr std::string_view kRest = ":00:00:38 +0100]";
  if (!text.starts_with('[') || text.size() <= kRest.size() + 1) return std::nullopt;
  const auto rest = text.substr(text.size() - kRest.size());
  const bool shape = rest[0] == ':' && rest[3] == ':' && rest[6] == ':' && rest[9] == ' ' &&
                     (rest[10] == '+' || rest[10] == '-') && rest[15] == ']';
  const auto days = read_day(text.substr(1, text.size() - kRest.size() - 1));
  const auto hour = two_digits(rest, 1, 23);
  const auto minute = two_digits(rest, 4, 59);
  const auto second = two_digits(rest, 7, 59);
  const auto zone_hours = two_digits(rest, 11, 23);
  const auto zone_minutes = two_digits(rest, 13, 59);
  if (!shape || !days || !hour || !minute || !second || !zone_hours || !zone_minutes) {
    return std::nullopt;
  }
  const auto zone = (*zone_hours * 60 + *zone_minutes) * (rest[10] == '-' ? -60 : 60);
  const auto seconds = *days * 86'400 + *hour * 3'600 + *minute * 60 + *second - zone;
  return seconds * 1'000'000;
}

std::optional<double> read_long_decimal(std::string_view text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!is_digit(text.back()) || !is_digit(text[text[0] == '-' ? 1 : 0])) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::int64_t> read_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> read_decimal(std::string_view text) {
  if (text.size() > kExactDigits) return read_long_decimal(text);
  const bool negative = text.starts_with('-');
  auto rest = text.substr(negative ? 1 : 0);
  std::int64_t digits = 0;
  const auto whole = take_digits(rest, digits);
  if (whole == 0) return std::nullopt;
  rest.remove_prefix(whole);
  std::size_t decimals = 0;
  if (!rest.empty()) {
    if (rest[0] != '.') return std::nullopt;
    decimals = take_digits(rest.substr(1), digits);
    if (decimals == 0 || decimals + 1 != rest.size()) return std::nullopt;
  }
  // One rounding of two exact numbers: the nearest double.
  const auto value = static_cast<double>(digits) / kPowersOfTen[decimals];
  return negative ? -value : value;
}

std::optional<std::int64_t> TimeReader::read(std::string_view text) {
  constexpr std::size_t kUsual = sizeof("2026-07-02T22:23:00.186641Z") - 1;
  const bool usual = text.size() == kUsual && text[19] == '.' && text.back() == 'Z';
  if (usual && std::memcmp(text.data(), minute_, sizeof minute_) == 0) {
    std::int64_t seconds = 0;
    std::int64_t micros = 0;
    const bool digits = take_digits(text.substr(17, 2), seconds) == 2 &&
                        take_digits(text.substr(20, 6), micros) == 6;
    if (!digits || seconds > 59) return std::nullopt;
    return minute_us_ + seconds * 1'000'000 + micros;
  }
  const auto time = parse_iso8601(text);
  if (!time) return std::nullopt;
  const auto micros = time->time_since_epoch().count();
  if (usual) {
    const auto in_minute = micros % 60'000'000;
    minute_us_ = micros - (in_minute < 0 ? in_minute + 60'000'000 : in_minute);
    std::memcpy(minute_, text.data(), sizeof minute_);
  }
  return micros;
}

std::optional<std::int64_t> ClockTimeReader::read(std::string_view text) {
  constexpr std::size_t kUsual = sizeof("[06/Feb/2019:00:00:38 +0000]") - 1;
  const bool usual = text.size() == kUsual && text.ends_with(" +0000]");
  if (usual && std::memcmp(text.data(), minute_, sizeof minute_) == 0) {
    std::int64_t seconds = 0;
    if (take_digits(text.substr(19, 2), seconds) != 2 || seconds > 59) return std::nullopt;
    return minute_us_ + seconds * 1'000'000;
  }
  const auto micros = read_clock_time(text);
  if (micros && usual) {
    minute_us_ = *micros - (*micros % 60'000'000 + 60'000'000) % 60'000'000;
    std::memcpy(minute_, text.data(), sizeof minute_);
  }
  return micros;
}

}  // namespace sextant::intel
