#include "intel/parsers/log_types/time_pieces.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <span>

#include "core/strings.h"

namespace sextant::intel {
namespace {

constexpr std::string_view kMonths[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
constexpr std::string_view kDays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                      "friday", "saturday", "sunday"};
constexpr std::int64_t kEpochSecondsMax = 253'402'300'799;  // the end of the year 9999
constexpr std::int64_t kDaySeconds = 86'400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// 1 to `digits_max` digits off the text's front, at most `max`.
std::optional<std::int64_t> take_number(std::string_view& text, std::size_t digits_max,
                                        std::int64_t max) {
  std::size_t count = 0;
  std::int64_t value = 0;
  for (; count < std::min(text.size(), digits_max) && is_digit(text[count]); ++count) {
    value = value * 10 + (text[count] - '0');
  }
  if (count == 0 || value > max) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

// The number of the name that the text begins with, in full or by its first three letters.
std::optional<int> take_name(std::string_view& text, std::span<const std::string_view> names) {
  int number = 0;
  for (const auto full : names) {
    for (const auto name : {full, full.substr(0, 3)}) {
      if (!iequals(text.substr(0, name.size()), name)) continue;
      text.remove_prefix(name.size());
      return number;
    }
    ++number;
  }
  return std::nullopt;
}

// Z, +hh:mm, +hhmm, +hh
std::optional<std::int64_t> take_zone(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const char sign = text.front();
  text.remove_prefix(1);
  if (sign == 'Z') return 0;
  if (sign != '+' && sign != '-') return std::nullopt;
  const auto before = text.size();
  const auto hours = take_number(text, 2, 23);
  if (!hours || before - text.size() != 2) return std::nullopt;
  std::int64_t minutes = 0;
  if (text.starts_with(':')) text.remove_prefix(1);
  if (!text.empty() && is_digit(text.front())) {
    const auto read = take_number(text, 2, 59);
    if (!read) return std::nullopt;
    minutes = *read;
  }
  const auto seconds = (*hours * 60 + minutes) * 60;
  return sign == '-' ? -seconds : seconds;
}

template <typename T>
bool keep(std::optional<std::int64_t> number, T& into) {
  if (number) into = static_cast<int>(*number);
  return number.has_value();
}

bool keep_time(std::optional<std::int64_t> number, std::int64_t& into) {
  into = number.value_or(0);
  return number.has_value();
}

bool take_half(std::string_view& text, std::optional<bool>& afternoon) {
  if (!iequals(text.substr(0, 2), "am") && !iequals(text.substr(0, 2), "pm")) return false;
  afternoon = to_lower(text.front()) == 'p';
  text.remove_prefix(2);
  return true;
}

bool take_date(char directive, std::string_view& text, Said& said) {
  switch (directive) {
    case 'Y': {
      const auto before = text.size();
      return keep(take_number(text, 4, 9999), said.year) && before - text.size() == 4;
    }
    case 'y': {  // as POSIX: 69 is 1969, 68 is 2068
      if (!keep(take_number(text, 2, 99), said.year)) return false;
      *said.year += *said.year < 69 ? 2000 : 1900;
      return true;
    }
    case 'm': return keep(take_number(text, 2, 12), said.month);
    case 'b': {
      const auto month = take_name(text, kMonths);
      if (month) said.month = *month + 1;
      return month.has_value();
    }
    case 'd': return keep(take_number(text, 2, 31), said.day);
    case 'j': return keep(take_number(text, 3, 366), said.day_of_year);
    case 'a': return take_name(text, kDays).has_value();
    default: return false;
  }
}

bool take_clock(char directive, std::string_view& text, Said& said) {
  switch (directive) {
    case 'H': return keep_time(take_number(text, 2, 23), said.hour);
    case 'I': return keep_time(take_number(text, 2, 12), said.hour) && said.hour > 0;
    case 'p': return take_half(text, said.afternoon);
    case 'M': return keep_time(take_number(text, 2, 59), said.minute);
    case 'S': return keep_time(take_number(text, 2, 60), said.second);  // 60: a leap second
    case 'f': return keep_time(take_fraction(text), said.micros);
    case 'z': return (said.zone_s = take_zone(text)).has_value();
    case 'Z': {
      const auto zone = text.substr(0, 3);
      text.remove_prefix(zone.size());
      said.zone_s = 0;
      return zone == "UTC" || zone == "GMT";
    }
    case 's': return (said.epoch_s = take_number(text, 12, kEpochSecondsMax)).has_value();
    default: return false;
  }
}

std::optional<std::int64_t> days_of(const Said& said, int year) {
  if (said.day_of_year) {
    const auto first = std::chrono::sys_days(std::chrono::year(year) / 1 / 1);
    const bool leap = std::chrono::year(year).is_leap();
    if (*said.day_of_year < 1 || *said.day_of_year > (leap ? 366 : 365)) return std::nullopt;
    return first.time_since_epoch().count() + *said.day_of_year - 1;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(unsigned(said.month.value_or(1))),
                                         std::chrono::day(unsigned(said.day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

}  // namespace

std::optional<std::int64_t> take_fraction(std::string_view& text) {
  const auto before = text.size();
  const auto value = take_number(text, 9, std::numeric_limits<std::int64_t>::max());
  if (!value) return std::nullopt;
  auto micros = *value;
  auto digits = before - text.size();
  for (; digits < 6; ++digits) micros *= 10;
  for (; digits > 6; --digits) micros /= 10;
  return micros;
}

std::optional<std::int64_t> seconds_of(const Said& said, int year, std::int64_t zone_s) {
  const auto days = days_of(said, year);
  if (!days) return std::nullopt;
  auto hour = said.hour;
  if (said.afternoon) hour = hour % 12 + (*said.afternoon ? 12 : 0);
  return *days * kDaySeconds + hour * 3600 + said.minute * 60 + said.second -
         said.zone_s.value_or(zone_s);
}

bool take_piece(char directive, std::string_view& text, Said& said) {
  return take_date(directive, text, said) || take_clock(directive, text, said);
}

}  // namespace sextant::intel
