#include "services/lake/event_view.h"

#include <arrow/type.h>

#include <algorithm>

#include "core/strings.h"
#include "model/table_settings.h"

namespace sextant::services::lake {
namespace {

bool has_column(const arrow::Schema& schema, const std::string& column) {
  const arrow::FieldVector* fields = &schema.fields();
  const auto parts = split(column, '.');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto found =
        std::ranges::find_if(*fields, [&](const auto& field) { return field->name() == parts[i]; });
    if (found == fields->end()) return false;
    const bool is_struct = (*found)->type()->id() == arrow::Type::STRUCT;
    if (i + 1 == parts.size()) return !is_struct;
    if (!is_struct) return false;
    fields = &(*found)->type()->fields();
  }
  return false;
}

// event.id -> "event"."id"
std::string quoted(const std::string& column) {
  std::string sql;
  for (const auto part : split(column, '.')) {
    sql.append(sql.empty() ? "\"" : ".\"").append(part).append("\"");
  }
  return sql;
}

}  // namespace

std::optional<std::string> event_view_name(const model::Table& table) {
  if (model::unique_columns_of(table).empty()) return std::nullopt;
  return table.name.text() + "_events";
}

std::optional<ports::LakeView> event_view(const model::Table& table, const SchemaPtr& schema) {
  const auto name = event_view_name(table);
  if (!name) return std::nullopt;
  std::string keys;
  std::string unnamed;
  std::string sql = "SELECT * FROM \"" + table.name.text() + "\"";
  for (const auto& column : model::unique_columns_of(table)) {
    if (!schema || !has_column(*schema, column)) return ports::LakeView{*name, std::move(sql)};
    keys += quoted(column) + ", ";
    unnamed += quoted(column) + " IS NULL OR ";
  }
  sql += " QUALIFY " + unnamed + "row_number() OVER (PARTITION BY " + keys + "date, hour) = 1";
  return ports::LakeView{*name, std::move(sql)};
}

}  // namespace sextant::services::lake
