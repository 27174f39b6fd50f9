#pragma once
// The lake as a directory of Parquet files: written by parquet-cpp, queried by DuckDB, which opens
// for a query and is gone after it.
#include <filesystem>
#include <memory>

#include "adapters/embedded/disk.h"
#include "ports/lake_files.h"

namespace sextant::adapters {

// `root` is made when it is missing. The disk outlives the result. DuckDB reads the files by
// itself, not through `disk`, after each was checked through it.
Result<std::unique_ptr<ports::LakeFiles>> open_lake_files(Disk& disk, std::filesystem::path root);

}  // namespace sextant::adapters
