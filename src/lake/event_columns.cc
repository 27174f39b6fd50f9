#include "lake/event_columns.h"

#include <arrow/type.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <ranges>

#include "core/strings.h"
#include "lake/partitions.h"

namespace sextant::lake {
namespace {

// event.id -> "event"."id"; nullopt when there is no such value.
std::optional<std::string> find_column(const arrow::Schema& schema, std::string_view column) {
  const arrow::FieldVector* fields = &schema.fields();
  std::string sql;
  for (const auto part : split(column, '.')) {
    if (fields == nullptr) return std::nullopt;
    const auto found =
        std::ranges::find_if(*fields, [&](const auto& field) { return field->name() == part; });
    if (found == fields->end()) return std::nullopt;
    sql.append(sql.empty() ? "\"" : ".\"").append(part).append("\"");
    const auto& type = *(*found)->type();
    fields = type.id() == arrow::Type::STRUCT ? &type.fields() : nullptr;
  }
  if (fields != nullptr) return std::nullopt;  // a struct is no value
  return sql;
}

// Of a condition; more are as good as all.
constexpr std::ptrdiff_t kHoursMax = 1'000;

// "date = DATE '2026-07-02' AND hour = 22"
std::string hour_of(std::string_view path) {
  const auto values = partition_of(path);
  return (values.date ? "date = DATE '" + *values.date + "'" : std::string("date IS NULL")) +
         (values.hour ? " AND hour = " + std::to_string(std::atoi(values.hour->c_str()))
                      : std::string(" AND hour IS NULL"));
}

}  // namespace

std::optional<EventColumns> event_columns(const SchemaPtr& schema,
                                          const std::vector<std::string>& unique) {
  if (unique.empty() || !schema) return std::nullopt;
  EventColumns columns;
  for (const auto& name : unique) {
    auto found = find_column(*schema, name);
    if (!found) return std::nullopt;
    columns.names.push_back(std::move(*found));
  }
  if (const auto place = find_column(*schema, "log.file.path"))
    columns.place = "CAST(" + *place + " AS VARCHAR)";
  if (const auto offset = find_column(*schema, "log.offset"))
    columns.offset = "CAST(" + *offset + " AS BIGINT)";
  return columns;
}

std::string unique_by(const std::vector<std::string>& unique) {
  std::string text;
  for (const auto& column : unique) text += (text.empty() ? "" : ",") + column;
  return text;
}

std::string hours_with_copies(const std::vector<ports::LakeFilePtr>& files,
                              const std::vector<std::string>& unique) {
  const auto wanted = unique_by(unique);
  std::map<std::string, bool> hours;  // by the condition; whether there may be copies
  for (const auto& file : files) {
    const auto [hour, is_first] = hours.try_emplace(hour_of(file->path), true);
    hour->second = !is_first || file->unique_by != wanted;
  }
  if (std::ranges::count(hours | std::views::values, true) > kHoursMax) return "true";
  std::string some;
  for (const auto& [hour, has_copies] : hours) {
    if (has_copies) some += (some.empty() ? "(" : " OR (") + hour + ")";
  }
  return some;
}

}  // namespace sextant::lake
