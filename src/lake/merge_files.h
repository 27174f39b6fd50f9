#pragma once
// Writes the rows of several files of one partition into one new file, copies of events perhaps
// left out. Rows in are rows out and those left out: counted where they are read, chosen and
// written, or there is no new file.
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/id.h"
#include "core/result.h"
#include "ports/lake_files.h"

namespace sextant::lake {

struct MergeInputs {
  TableName table;
  std::string folder;                     // of the new file
  std::vector<ports::LakeFilePtr> files;  // in whose order the rows are written
  SchemaPtr schema;                       // that all of theirs fit
  // Columns that name an event: of rows that are alike in them only the first stays
  // (event_columns.h). Empty: all rows stay.
  std::vector<std::string> unique = {};
};

// Durable on return, and part of no table. Its `duplicates` are those of the files and of this
// merge. Memory: a query's and a row group's, and what EventCopies keeps, whatever the files hold.
// Errors: Corrupt (a file is not what was written; names it), Unavailable (stopped), those of
// LakeFiles::query and LakeWriter. After an error no file stays.
Result<ports::LakeFile> merge_files(ports::LakeFiles& lake, const MergeInputs& inputs,
                                    const std::stop_token& stop);

}  // namespace sextant::lake
