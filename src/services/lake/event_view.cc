#include "services/lake/event_view.h"

#include "lake/event_columns.h"
#include "model/table_settings.h"

namespace sextant::services::lake {

namespace {

// Only what names events is sorted, of the hours that may have copies; all the rest passes by. A
// mark join, as NOT IN is one, keeps the copies in memory and never the rows.
std::string without_copies(const sextant::lake::EventColumns& columns, const std::string& hours) {
  std::string names;
  std::string named;
  for (const auto& column : columns.names) {
    names += column + ", ";
    named += " AND " + column + " IS NOT NULL";
  }
  return "SELECT * EXCLUDE (__sextant_file, file_row_number) FROM {rows} "
         "WHERE (__sextant_file, file_row_number) NOT IN ("
         "SELECT (__sextant_file, file_row_number) FROM {rows} WHERE (" +
         hours + ")" + named + " QUALIFY row_number() OVER (PARTITION BY " + names +
         "date, hour ORDER BY " + columns.place + " NULLS LAST, " + columns.offset +
         " NULLS LAST) > 1)";
}

}  // namespace

std::optional<std::string> event_view_name(const model::Table& table) {
  if (model::unique_columns_of(table).empty()) return std::nullopt;
  return table.name.text() + "_events";
}

std::optional<ports::LakeView> event_view(const model::Table& table,
                                          const ports::LakeTable* contents) {
  const auto name = event_view_name(table);
  if (!name) return std::nullopt;
  ports::LakeView view{.name = *name,
                       .sql = "SELECT * FROM \"" + table.name.text() + "\"",
                       .from = table.name.text()};
  const auto unique = model::unique_columns_of(table);
  const auto columns = sextant::lake::event_columns(contents ? contents->schema : nullptr, unique);
  if (!columns) return view;
  const auto hours = sextant::lake::hours_with_copies(contents->files, unique);
  if (!hours.empty()) view.sql = without_copies(*columns, hours);
  return view;
}

}  // namespace sextant::services::lake
