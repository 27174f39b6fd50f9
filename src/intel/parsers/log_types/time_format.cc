#include "intel/parsers/log_types/time_format.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "core/time_text.h"
#include "intel/parsers/log_types/time_pieces.h"
#include "intel/parsers/numbers.h"

namespace sextant::intel {
namespace {

constexpr std::string_view kDirectives = "YymbBhdejHIpMSfzZsaA";
constexpr std::int64_t kMicros = 1'000'000;
constexpr std::int64_t kEpochSecondsMax = 253'402'300'799;  // the end of the year 9999
constexpr std::int64_t kDaySeconds = 86'400;

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
    case 'e': return " %d";
    case 'n':
    case 't': return " ";
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

bool TimeFormat::take_step(const Step& step, std::string_view& text, Said& said) {
  if (step.directive == ' ') {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    return true;
  }
  if (step.directive != 0) return take_piece(step.directive, text, said);
  if (!text.starts_with(step.literal)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> TimeFormat::read_pattern(std::string_view text, Time received) const {
  Said said;
  const bool whole =
      std::ranges::all_of(steps_, [&](const Step& step) { return take_step(step, text, said); });
  if (!whole || !text.empty()) return std::nullopt;
  if (said.epoch_s) return *said.epoch_s * kMicros + said.micros;
  const auto micros_in = [&](int year) -> std::optional<std::int64_t> {
    const auto seconds = seconds_of(said, year, zone_s_);
    return seconds ? std::optional(*seconds * kMicros + said.micros) : std::nullopt;
  };
  if (said.year) return micros_in(*said.year);
  const auto latest = received.time_since_epoch().count() + kDaySeconds * kMicros;
  for (int year = year_of(received) + 1, tries = 0; tries < 10; ++tries, --year) {
    const auto micros = micros_in(year);  // none: the 29th of February
    if (micros && *micros <= latest) return micros;
  }
  return std::nullopt;
}

}  // namespace sextant::intel
