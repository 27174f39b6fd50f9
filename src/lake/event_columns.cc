#include "lake/event_columns.h"

#include <arrow/type.h>

#include <algorithm>

#include "core/strings.h"

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

}  // namespace sextant::lake
