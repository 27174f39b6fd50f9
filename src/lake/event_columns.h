#pragma once
// How SQL tells which rows of a table are copies of one event, and which of the copies stays: the
// same for whoever asks (the view of events) and for merges, which leave the others out. So both
// choose alike, and it does not matter which of them comes first.
#include <optional>
#include <string>
#include <vector>

#include "core/columns.h"
#include "ports/lake_files.h"

namespace sextant::lake {

// Expressions over a table's columns.
struct EventColumns {
  std::vector<std::string> names;  // copies are alike in these; null in one: not comparable
  // The copy that stays is the first by these, nulls last: where its line lies. NULL for a table
  // without them.
  std::string place = "CAST(NULL AS VARCHAR)";
  std::string offset = "CAST(NULL AS BIGINT)";
};

// nullopt: rows are events (`unique` is empty), or the table has not all of these columns yet.
std::optional<EventColumns> event_columns(const SchemaPtr& schema,
                                          const std::vector<std::string>& unique);

// As files tell it (ports::LakeFile::unique_by).
std::string unique_by(const std::vector<std::string>& unique);

// Which of the files' hours may have copies of events, as a condition on `date` and `hour`: those
// of several files, or of one that no merge has looked at. Empty: none.
std::string hours_with_copies(const std::vector<ports::LakeFilePtr>& files,
                              const std::vector<std::string>& unique);

}  // namespace sextant::lake
