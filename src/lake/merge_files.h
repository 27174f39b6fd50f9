#pragma once
// Writes the rows of several files of one partition into one new file.
#include <span>
#include <stop_token>
#include <string>

#include "core/id.h"
#include "core/result.h"
#include "ports/lake_files.h"

namespace sextant::lake {

struct MergeInputs {
  TableName table;
  std::string folder;                     // of the new file
  std::vector<ports::LakeFilePtr> files;  // in whose order the rows are written
  SchemaPtr schema;                       // that all of theirs fit
};

// Durable on return, and part of no table. Memory: a query's and a row group's, whatever the files
// hold. Errors: Corrupt (a file is not what was written; names it), Unavailable (stopped), those of
// LakeFiles::query and LakeWriter. After an error no file stays.
Result<ports::LakeFile> merge_files(ports::LakeFiles& lake, const MergeInputs& inputs,
                                    const std::stop_token& stop);

}  // namespace sextant::lake
