#pragma once
// How a log writes its times, compiled once: the words iso8601, epoch, epoch_ms, epoch_us,
// epoch_ns, or a format of strptime(3). Read without locale, allocation, or a clock.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace sextant::intel {

struct Said;

class TimeFormat {
 public:
  // Of strptime: %Y %y %m %b %B %h %d %e %j %H %I %p %M %S %f %z %Z %s %a %A %T %D %F %R %n %t %%.
  // %f is a fraction of a second of 1 to 9 digits, %z Z or +hh:mm or +hhmm, %Z UTC or GMT.
  // zone_minutes: how far local time is ahead of UTC where times tell no zone. Invalid says what is
  // wrong with `text`.
  static Result<TimeFormat> parse(std::string_view text, int zone_minutes);

  // Microseconds since 1970. A time without a year is the latest one that is not more than a day
  // behind `received`.
  std::optional<std::int64_t> read(std::string_view text, Time received) const;

 private:
  enum class Kind { Iso8601, Epoch, Pattern };
  struct Step {
    char directive = 0;  // 0: `literal` stands there; ' ': any blanks
    char literal = 0;
  };
  static bool take_step(const Step& step, std::string_view& text, Said& said);
  static Result<std::vector<Step>> steps_of(std::string_view text);
  Result<> check() const;
  std::optional<std::int64_t> read_pattern(std::string_view text, Time received) const;

  Kind kind_ = Kind::Pattern;
  std::int64_t unit_per_s_ = 1;  // of an epoch's numbers
  std::int64_t zone_s_ = 0;
  std::vector<Step> steps_;
};

}  // namespace sextant::intel
