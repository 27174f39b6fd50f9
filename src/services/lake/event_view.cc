#include "services/lake/event_view.h"

#include "lake/event_columns.h"
#include "model/table_settings.h"

namespace sextant::services::lake {

namespace {

// Rows that are copies of others, in the hours given. The window is over plain columns: DuckDB
// takes a condition through no other.
std::string copies(const sextant::lake::EventColumns& columns, const std::string& hours) {
  std::string values;
  std::string names;
  std::string named;
  for (const auto& column : columns.names) {
    const auto name = "__name_" + std::to_string(values.size());
    values += ", " + column + " AS " + name;
    names += name + ", ";
    named += " AND " + column + " IS NOT NULL";
  }
  return "(SELECT __date, __hour, __file, __number FROM (SELECT date AS __date, hour AS __hour, "
         "__sextant_file AS __file, file_row_number AS __number, " +
         columns.place + " AS __place, " + columns.offset + " AS __offset" + values +
         " FROM {rows} WHERE (" + hours + ")" + named +
         ") QUALIFY row_number() OVER (PARTITION BY " + names +
         "__date, __hour ORDER BY __place NULLS LAST, __offset NULLS LAST) > 1)";
}

// Only what names events is sorted, of the hours that may have copies; all the rest passes by. An
// outer join keeps the copies in memory and never the rows, and what a question says of date and
// hour holds for both its sides, so that other hours are not looked at. Nulls are not equal: rows
// without an hour need a second look.
std::string without_copies(const sextant::lake::EventColumns& columns, const std::string& hours) {
  auto sql =
      "SELECT __row.* EXCLUDE (__sextant_file, file_row_number) FROM {rows} AS __row LEFT JOIN " +
      copies(columns, hours) +
      " AS __copy ON __row.date = __copy.__date AND __row.hour = __copy.__hour AND "
      "__row.__sextant_file = __copy.__file AND __row.file_row_number = __copy.__number "
      "WHERE __copy.__number IS NULL";
  if (hours != "true" && !hours.contains("NULL")) return sql;
  return sql +
         " AND (__row.__sextant_file, __row.file_row_number) NOT IN "
         "(SELECT (__file, __number) FROM " +
         copies(columns, "(" + hours + ") AND (date IS NULL OR hour IS NULL)") + ")";
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
