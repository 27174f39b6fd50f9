#pragma once
// Numbers and times as logs write them, read without locale, allocation or exceptions.
#include <cstdint>
#include <optional>
#include <string_view>

namespace sextant::intel {

std::optional<std::int64_t> read_integer(std::string_view text);  // -?[0-9]+, within int64
std::optional<double> read_decimal(std::string_view text);        // -?[0-9]+(.[0-9]+)?, nearest

// ISO 8601 in UTC to microseconds since 1970. Remembers the minute of the last time that it read:
// lines of one log file share it.
class TimeReader {
 public:
  std::optional<std::int64_t> read(std::string_view text);

 private:
  char minute_[17] = {};  // "2026-07-02T22:23:"
  std::int64_t minute_us_ = 0;
};

// Times as web servers and S3 write them, [06/Feb/2019:00:00:38 +0000], the month short or in full.
class ClockTimeReader {
 public:
  std::optional<std::int64_t> read(std::string_view text);

 private:
  char minute_[19] = {};  // "[06/Feb/2019:00:00:"
  std::int64_t minute_us_ = 0;
};

}  // namespace sextant::intel
