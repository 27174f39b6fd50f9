#include "intel/parsers/numbers.h"

#include <charconv>
#include <cstring>

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

}  // namespace sextant::intel
