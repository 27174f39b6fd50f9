#include "services/lake/event_view.h"

#include "lake/event_columns.h"
#include "model/table_settings.h"

namespace sextant::services::lake {

std::optional<std::string> event_view_name(const model::Table& table) {
  if (model::unique_columns_of(table).empty()) return std::nullopt;
  return table.name.text() + "_events";
}

std::optional<ports::LakeView> event_view(const model::Table& table, const SchemaPtr& schema) {
  const auto name = event_view_name(table);
  if (!name) return std::nullopt;
  ports::LakeView view{.name = *name,
                       .sql = "SELECT * FROM \"" + table.name.text() + "\"",
                       .from = table.name.text()};
  const auto columns = sextant::lake::event_columns(schema, model::unique_columns_of(table));
  if (!columns) return view;
  std::string names;
  std::string unnamed;
  for (const auto& column : columns->names) {
    names += column + ", ";
    unnamed += column + " IS NULL OR ";
  }
  view.sql += " QUALIFY " + unnamed + "row_number() OVER (PARTITION BY " + names +
              "date, hour ORDER BY " + columns->place + " NULLS LAST, " + columns->offset +
              " NULLS LAST) = 1";
  return view;
}

}  // namespace sextant::services::lake
