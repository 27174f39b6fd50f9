#pragma once
// The view in which each event of a table is there once, when the table says what names an event
// (model/table_settings.h): a trail of an organisation and one of an account deliver the same
// record. The table itself has the copies until a merge leaves them out (lake/event_columns.h), and
// the view is the same before and after.
#include <optional>
#include <string>

#include "core/columns.h"
#include "model/app.h"
#include "ports/lake_files.h"

namespace sextant::services::lake {

// "cloudtrail_events"; nullopt when the table has none.
std::optional<std::string> event_view_name(const model::Table& table);

// Of rows that are alike in the columns named, the one whose line lies first. Events of the same
// name lie in the same hour, since they tell the same time: that is the window. Rows in which a
// column is null are all there. Without the columns (nothing has landed yet), and where only names
// matter and `contents` is nullptr: the table as it is.
std::optional<ports::LakeView> event_view(const model::Table& table,
                                          const ports::LakeTable* contents);

}  // namespace sextant::services::lake
