#pragma once
// Which files an ingest puts under which keys.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"

namespace sextant::cli {

// The object of another S3 that a file is a copy of, beside its key.
struct Origin {
  std::string bucket;
  std::string etag;  // plain; tells its content, so it stands for the version
};

struct PlannedFile {
  std::filesystem::path path;
  std::string key;
  std::uint64_t size = 0;
  std::optional<Origin> origin = std::nullopt;
};

// A file's key is its name, a folder's files have their path below it; in order of keys. Errors:
// NotFound (a source), Invalid (two files with one key: names both).
Result<std::vector<PlannedFile>> plan_ingest(const std::vector<std::string>& sources,
                                             const std::string& prefix);

}  // namespace sextant::cli
