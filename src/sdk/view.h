#pragma once
// A common question about a lake table, as a view: SQL that an app brings along, for whoever may
// read the table.
#include <string_view>

namespace sextant::sdk {

struct View {
  std::string_view name;
  std::string_view from;     // the one table, or view of events, that `sql` reads
  std::string_view answers;  // which question; one line
  // What it has, as SQL declares columns ("date DATE, flows BIGINT"): known before anything landed.
  std::string_view columns;
  std::string_view sql;
};

}  // namespace sextant::sdk
