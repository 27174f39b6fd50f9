#include "model/table_settings.h"

#include <charconv>
#include <string>

#include "core/strings.h"

namespace sextant::model {

Result<std::vector<std::string>> parse_unique(std::string_view text) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
  std::vector<std::string> columns;
  for (const auto raw : split(text, ',')) {
    const auto part = trim(raw);
    if (part.empty() || part.find_first_not_of(kLetters) != std::string_view::npos ||
        part.starts_with('.') || part.ends_with('.') || part.contains("..")) {
      return fail(Code::Invalid, "'" + std::string(kUniqueParameter) + "' has '" +
                                     std::string(part) + "', which is no name of a column");
    }
    columns.emplace_back(part);
  }
  return columns;
}

std::vector<std::string> unique_columns_of(const Table& table) {
  const auto found = table.parameters.find(std::string(kUniqueParameter));
  if (found == table.parameters.end()) return {};
  return parse_unique(found->second).value_or(std::vector<std::string>{});
}

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
