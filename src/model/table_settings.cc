#include "model/table_settings.h"

#include <charconv>
#include <string>

namespace sextant::model {

Result<std::chrono::days> parse_retention(std::string_view text) {
  constexpr int kDaysMax = 36'500;
  int days = 0;
  const auto* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, days);
  if (error == std::errc() && stopped == end && days >= 1 && days <= kDaysMax)
    return std::chrono::days(days);
  return fail(Code::Invalid, "'" + std::string(kRetentionParameter) + "' is '" + std::string(text) +
                                 "', not a number of days from 1 to " + std::to_string(kDaysMax));
}

std::optional<std::chrono::days> retention_of(const Table& table) {
  const auto found = table.parameters.find(std::string(kRetentionParameter));
  if (found == table.parameters.end()) return std::nullopt;
  const auto days = parse_retention(found->second);
  return days ? std::optional(*days) : std::nullopt;
}

}  // namespace sextant::model
