#pragma once
// The pieces that times are written in, read one after the other, and the time that they make.
#include <cstdint>
#include <optional>
#include <string_view>

namespace sextant::intel {

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

// Takes what a directive of strptime's stands for (time_format.h lists them) off the text's front;
// false when something else stands there.
bool take_piece(char directive, std::string_view& text, Said& said);

// Digits behind a point off the text's front, as microseconds; what is finer is cut off.
std::optional<std::int64_t> take_fraction(std::string_view& text);

// Seconds since 1970; zone_s ahead of UTC where the pieces tell no zone. nullopt: there is no such
// day.
std::optional<std::int64_t> seconds_of(const Said& said, int year, std::int64_t zone_s);

}  // namespace sextant::intel
