#include <algorithm>

#include "core/strings.h"
#include "core/suggest.h"
#include "intel/parsers/log_types/ecs_columns.h"
#include "intel/parsers/log_types/field_forms.h"

namespace sextant::intel {
namespace {

constexpr std::size_t kColumnBytesMax = 200;
constexpr std::size_t kLevelsMax = 10;

// What every row has, from elsewhere.
constexpr std::string_view kGiven[] = {"ts", "log.offset", "log.file.path", "event.original"};

bool is_part(std::string_view part) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !part.empty() && letter(part.front()) &&
         std::ranges::all_of(part, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

bool is_column_name(std::string_view column) {
  const auto parts = split(column, '.');
  return column.size() <= kColumnBytesMax && parts.size() <= kLevelsMax &&
         std::ranges::all_of(parts, is_part);
}

bool ColumnNames::check_name(yaml::Where at, const std::string& column) const {
  if (column == "@timestamp") return true;
  if (!is_column_name(column)) {
    findings_.add(at, "'" + column + "' is no name of a column",
                  "use letters, digits and '_', with dots between parts");
    return false;
  }
  if (std::ranges::find(kGiven, column) != std::end(kGiven)) {
    findings_.add(at, "column '" + column + "' is filled by the node",
                  column == "ts" ? "write @timestamp" : "leave it out");
    return false;
  }
  if (column.starts_with(own_ + ".") || ecs_type(column)) return true;
  if (findings_.full()) return false;  // hints take time
  auto hint = did_you_mean(column, ecs_columns());
  hint += (hint.empty() ? "name it '" : " Or name it '") + own_ + "." + column +
          "': columns of your own begin with '" + own_ + ".'";
  findings_.add(at, "ECS has no column '" + column + "'", std::move(hint));
  return false;
}

bool ColumnNames::add(yaml::Where at, std::string& column) {
  if (!check_name(at, column)) return false;
  if (column == "@timestamp") column = "ts";
  const auto [place, first] = places_.emplace(column, at);
  if (first) return true;
  findings_.add(at, "column '" + column + "' is filled twice, first in line " +
                        std::to_string(place->second.line));
  return false;
}

void ColumnNames::check_nesting() const {
  for (const auto& [column, at] : places_) {
    const auto inside = places_.lower_bound(column + ".");
    if (inside == places_.end() || !inside->first.starts_with(column + ".")) continue;
    findings_.add(at, "'" + column + "' cannot be a column and hold '" + inside->first + "' too",
                  "rename one of them");
  }
}

}  // namespace sextant::intel
