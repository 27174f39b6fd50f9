#pragma once
// A query over lake tables: checks the files it will read, gives them to a DuckDB of its own as
// views, shuts that in, and reads the rows.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/embedded/file_trust.h"
#include "ports/lake_files.h"

namespace sextant::adapters {

struct QueryRequest {
  const std::filesystem::path& root;
  FileTrust& trust;
  std::string_view sql;
  const std::vector<ports::LakeTable>& tables;
  const ports::QueryLimits& limits;
};

// Errors as LakeFiles::query.
Result<std::unique_ptr<ports::RowReader>> run_query(const QueryRequest& request);

}  // namespace sextant::adapters
