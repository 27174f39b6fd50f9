#include "intel/parsers/log_types/time_format.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <span>
#include <utility>

#include "core/strings.h"
#include "core/time_text.h"
#include "intel/parsers/numbers.h"

namespace sextant::intel {
namespace {

constexpr std::string_view kMonths[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
constexpr std::string_view kDays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                      "friday", "saturday", "sunday"};
constexpr std::string_view kDirectives = "YymbBhdejHIpMSfzZsaA";
constexpr std::int64_t kMicros = 1'000'000;
constexpr std::int64_t kEpochSecondsMax = 253'402'300'799;  // the end of the year 9999
constexpr std::int64_t kDaySeconds = 86'400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What a text says, piece by piece.
struct Said {
  std::optional<int> year;
  std::optional<int> month;
  int day = 1;
  std::optional<int> day_of_year;
  std::int64_t hour = 0;
  std::int64_t minute = 0;
  std::int64_t second = 0;
  std::int64_t micros = 0;
  std::optional<bool> afternoon;
  std::optional<std::int64_t> zone_s;
  std::optional<std::int64_t> epoch_s;
};

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

// Digits behind the point, as microseconds; what is finer is cut off.
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

std::optional<std::int64_t> seconds_of(const Said& said, int year, std::int64_t zone_s) {
  const auto days = days_of(said, year);
  if (!days) return std::nullopt;
  auto hour = said.hour;
  if (said.afternoon) hour = hour % 12 + (*said.afternoon ? 12 : 0);
  return *days * kDaySeconds + hour * 3600 + said.minute * 60 + said.second -
         said.zone_s.value_or(zone_s);
}

int year_of(Time time) {
  const auto days = std::chrono::floor<std::chrono::days>(time.time_since_epoch());
  return static_cast<int>(std::chrono::year_month_day(std::chrono::sys_days(days)).year());
}

// "1700000000", "1700000000.123", in a unit of which a second has so many.
std::optional<std::int64_t> read_epoch(std::string_view text, std::int64_t unit_per_s) {
  const auto point = std::min(text.find('.'), text.size());
  const auto whole = read_integer(text.substr(0, point));
  if (!whole || *whole < 0 || *whole / unit_per_s > kEpochSecondsMax) return std::nullopt;
  std::int64_t micros =
      unit_per_s > kMicros ? *whole / (unit_per_s / kMicros) : *whole * (kMicros / unit_per_s);
  if (point == text.size()) return micros;
  auto rest = text.substr(point + 1);
  const auto fraction = take_fraction(rest);
  if (!fraction || !rest.empty()) return std::nullopt;
  return micros + *fraction / unit_per_s;
}

// What a short form stands for.
std::string_view long_form(char directive) {
  switch (directive) {
    case 'T': return "%H:%M:%S";
    case 'R': return "%H:%M";
    case 'D': return "%m/%d/%y";
    case 'F': return "%Y-%m-%d";
    case 'B':
    case 'h': return "%b";
    case 'A': return "%a";
    case 'e': return "%n%d";
    default: return {};
  }
}

std::string with_long_forms(std::string_view text) {
  std::string all;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool directive = text[at] == '%' && at + 1 < text.size();
    if (!directive) {
      all += text[at];
      continue;
    }
    const auto form = long_form(text[++at]);
    all += form.empty() ? std::string{'%', text[at]} : std::string(form);
  }
  return all;
}

}  // namespace

Result<std::vector<TimeFormat::Step>> TimeFormat::steps_of(std::string_view text) {
  std::vector<Step> steps;
  const auto all = with_long_forms(text);
  for (std::size_t at = 0; at < all.size(); ++at) {
    const char c = all[at];
    if (c == ' ' || c == '\t') {
      steps.push_back({' ', 0});
    } else if (c != '%') {
      steps.push_back({0, c});
    } else if (++at == all.size()) {
      return fail(Code::Invalid, "the format ends in '%'");
    } else if (all[at] == '%') {
      steps.push_back({0, '%'});
    } else if (all[at] == 'n' || all[at] == 't') {
      steps.push_back({' ', 0});
    } else if (kDirectives.contains(all[at])) {
      steps.push_back({all[at], 0});
    } else {
      return fail(Code::Invalid, std::string("the format has '%") + all[at] +
                                     "', which is none of Y y m b B h d e j H I p M S f z Z s a A "
                                     "T R D F n t");
    }
  }
  return steps;
}

// That the pieces make a time.
Result<> TimeFormat::check() const {
  const auto has = [this](char directive) {
    return std::ranges::any_of(steps_,
                               [&](const Step& step) { return step.directive == directive; });
  };
  if (has('s')) return {};
  if (!(has('m') || has('b')) && !has('j'))
    return fail(Code::Invalid, "the format has no month: %m, %b, or %j for the day of the year");
  if (!has('d') && !has('j')) return fail(Code::Invalid, "the format has no day: %d");
  if (has('I') != has('p')) return fail(Code::Invalid, "the format needs %I and %p, or %H");
  return {};
}

Result<TimeFormat> TimeFormat::parse(std::string_view text, int zone_minutes) {
  constexpr std::pair<std::string_view, std::int64_t> kEpochs[] = {
      {"epoch", 1}, {"epoch_ms", 1'000}, {"epoch_us", kMicros}, {"epoch_ns", 1'000'000'000}};
  TimeFormat format;
  format.zone_s_ = std::int64_t{zone_minutes} * 60;
  if (text == "iso8601") {
    format.kind_ = Kind::Iso8601;
    return format;
  }
  for (const auto& [name, unit_per_s] : kEpochs) {
    if (text != name) continue;
    format.kind_ = Kind::Epoch;
    format.unit_per_s_ = unit_per_s;
    return format;
  }
  if (!text.contains('%')) {
    return fail(Code::Invalid,
                "'" + std::string(text) +
                    "' is no format of a time: write iso8601, epoch, epoch_ms, epoch_us, epoch_ns, "
                    "or one like \"%d/%b/%Y:%H:%M:%S %z\"");
  }
  SX_TRY_AS(format.steps_, steps_of(text));
  SX_TRY(format.check());
  return format;
}

std::optional<std::int64_t> TimeFormat::read(std::string_view text, Time received) const {
  switch (kind_) {
    case Kind::Epoch: return read_epoch(text, unit_per_s_);
    case Kind::Pattern: return read_pattern(text, received);
    case Kind::Iso8601: break;
  }
  if (const auto time = parse_iso8601(text)) return time->time_since_epoch().count();
  std::array<char, 40> zoned = {};  // one without a zone
  if (text.size() >= zoned.size()) return std::nullopt;
  *std::ranges::copy(text, zoned.begin()).out = 'Z';
  const auto time = parse_iso8601({zoned.data(), text.size() + 1});
  if (!time) return std::nullopt;
  return time->time_since_epoch().count() - zone_s_ * kMicros;
}

std::optional<std::int64_t> TimeFormat::read_pattern(std::string_view text, Time received) const {
  Said said;
  for (const auto& step : steps_) {
    if (step.directive == ' ') {
      text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    } else if (step.directive == 0) {
      if (!text.starts_with(step.literal)) return std::nullopt;
      text.remove_prefix(1);
    } else if (!take_date(step.directive, text, said) && !take_clock(step.directive, text, said)) {
      return std::nullopt;
    }
  }
  if (!text.empty()) return std::nullopt;
  if (said.epoch_s) return *said.epoch_s * kMicros + said.micros;
  if (said.year) {
    const auto seconds = seconds_of(said, *said.year, zone_s_);
    return seconds ? std::optional(*seconds * kMicros + said.micros) : std::nullopt;
  }
  const auto latest = received.time_since_epoch().count() + kDaySeconds * kMicros;
  for (int year = year_of(received) + 1, tries = 0; tries < 10; ++tries, --year) {
    const auto seconds = seconds_of(said, year, zone_s_);  // none: the 29th of February
    const auto micros = seconds ? std::optional(*seconds * kMicros + said.micros) : std::nullopt;
    if (micros && *micros <= latest) return micros;
  }
  return std::nullopt;
}

}  // namespace sextant::intel
