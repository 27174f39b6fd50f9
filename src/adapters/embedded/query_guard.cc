#include "adapters/embedded/query_guard.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sextant::adapters {
namespace {

// Everything else reads files, changes settings, or runs SQL that is only known when it runs.
constexpr std::array<std::string_view, 11> kTableFunctions{
    "range",        "generate_series", "unnest",          "repeat",
    "repeat_row",   "json_each",       "json_tree",       "summary",
    "duckdb_types", "duckdb_columns",  "duckdb_functions"};
// Harmless to others, but no time limit ends the one, and the other writes logs.
constexpr std::array<std::string_view, 2> kRefusedFunctions{"sleep_ms", "write_log"};

bool is_in(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

Result<> check_functions(QuerySession& session, const std::string& sql) {
  const std::string tree = "json_serialize_sql(" + sql_text(sql) + ")";
  SX_TRY_AS(const auto errors,
            session.texts("SELECT json_extract_string(j, '$.error_message') FROM "
                          "(SELECT " +
                          tree +
                          " AS j) WHERE "
                          "json_extract_string(j, '$.error') <> 'false'"));
  if (!errors.empty()) return only_queries();
  SX_TRY_AS(const auto calls,
            session.texts("SELECT DISTINCT json_extract_string(value, '$.type'), "
                          "lower(coalesce(json_extract_string(value, '$.function.function_name'), "
                          "json_extract_string(value, '$.function_name'))) FROM json_tree(" +
                          tree +
                          ") WHERE type = 'OBJECT' AND json_extract_string(value, '$.type') "
                          "IN ('TABLE_FUNCTION', 'FUNCTION')"));
  for (const auto& call : calls) {
    const bool is_table = call[0] == "TABLE_FUNCTION";
    const bool refused =
        is_table ? !is_in(call[1], kTableFunctions) : is_in(call[1], kRefusedFunctions);
    if (refused) return fail(Code::Denied, "a query may not call " + call[1] + "()");
  }
  return {};
}

}  // namespace sextant::adapters
