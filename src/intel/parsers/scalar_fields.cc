#include "intel/parsers/scalar_fields.h"

#include <arrow/type.h>

#include <algorithm>
#include <limits>

#include "intel/parsers/numbers.h"

namespace sextant::intel {
namespace {

constexpr std::int64_t kEpochSecondsMax = 253'402'300'799;  // the end of the year 9999

std::optional<std::int64_t> read_plain_time(TimeReader& reader, std::string_view text) {
  constexpr std::size_t kWithoutZone = sizeof("2018-12-20T02:59:40") - 1;
  if (text.size() != kWithoutZone) return reader.read(text);
  char with_zone[kWithoutZone + 1];
  *std::ranges::copy(text, with_zone).out = 'Z';
  return reader.read({with_zone, sizeof with_zone});
}

std::optional<std::int64_t> read_epoch(std::string_view text) {
  const auto seconds = read_integer(text);
  if (!seconds || *seconds < 0 || *seconds > kEpochSecondsMax) return std::nullopt;
  return *seconds * 1'000'000;
}

std::optional<std::int64_t> read_epoch_millis(std::string_view text) {
  const auto millis = read_integer(text);
  if (!millis || *millis < 0 || *millis > kEpochSecondsMax * 1'000) return std::nullopt;
  return *millis * 1'000;
}

std::optional<std::int64_t> read_milliseconds(std::string_view text) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max() / 1'000'000;
  const auto millis = read_integer(text);
  if (!millis || *millis < 0 || *millis > kMax) return std::nullopt;
  return *millis * 1'000'000;
}

std::optional<std::int32_t> read_port(std::string_view text) {
  const auto port = read_integer(text);
  if (!port || *port < 0 || *port > 65535) return std::nullopt;
  return static_cast<std::int32_t>(*port);
}

template <typename Read>
std::unique_ptr<FieldReader> time_field(const FieldSpec& spec, Read read) {
  return make_scalar<std::int64_t>(spec, arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), "a time",
                                   std::move(read));
}

}  // namespace

std::unique_ptr<FieldReader> make_scalar_field(const FieldSpec& spec) {
  const auto iso_time = [reader = TimeReader()](auto text) mutable { return reader.read(text); };
  const auto plain_time = [reader = TimeReader()](auto text) mutable {
    return read_plain_time(reader, text);
  };
  const auto clock_time = [reader = ClockTimeReader()](auto text) mutable {
    return reader.read(text);
  };
  switch (spec.form) {
    case Form::Time: return time_field(spec, iso_time);
    case Form::PlainTime: return time_field(spec, plain_time);
    case Form::ClockTime: return time_field(spec, clock_time);
    case Form::Epoch: return time_field(spec, read_epoch);
    case Form::EpochMillis: return time_field(spec, read_epoch_millis);
    case Form::Integer:
      return make_scalar<std::int64_t>(spec, arrow::int64(), "a whole number", read_integer);
    case Form::Milliseconds:
      return make_scalar<std::int64_t>(spec, arrow::int64(), "a number of milliseconds",
                                       read_milliseconds);
    case Form::Port: return make_scalar<std::int32_t>(spec, arrow::int32(), "a port", read_port);
    case Form::Seconds:
      return make_scalar<double>(spec, arrow::float64(), "a number of seconds", read_decimal);
    default: return nullptr;
  }
}

}  // namespace sextant::intel
