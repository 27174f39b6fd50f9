#include "cli/ingest_plan.h"

#include <algorithm>

namespace sextant::cli {
namespace fs = std::filesystem;
namespace {

Result<> add_folder(const fs::path& folder, const std::string& prefix,
                    std::vector<PlannedFile>& plan) {
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (!at->is_regular_file(error)) continue;
    plan.push_back({at->path(), prefix + at->path().lexically_relative(folder).generic_string(),
                    at->file_size(error)});
  }
  if (error)
    return fail(Code::Unavailable,
                "cannot read folder '" + folder.string() + "': " + error.message());
  return {};
}

}  // namespace

Result<std::vector<PlannedFile>> plan_ingest(const std::vector<std::string>& sources,
                                             const std::string& prefix) {
  std::vector<PlannedFile> plan;
  for (const auto& source : sources) {
    std::error_code error;
    const auto status = fs::status(source, error);
    if (fs::is_directory(status)) {
      SX_TRY(add_folder(source, prefix, plan));
    } else if (fs::is_regular_file(status)) {
      plan.push_back(
          {source, prefix + fs::path(source).filename().string(), fs::file_size(source, error)});
    } else {
      return fail(Code::NotFound, "there is no file or folder '" + source + "'");
    }
  }
  std::ranges::sort(plan, {}, &PlannedFile::key);
  const auto twice = std::ranges::adjacent_find(plan, {}, &PlannedFile::key);
  if (twice != plan.end()) {
    return fail(Code::Invalid, "'" + twice->path.string() + "' and '" +
                                   std::next(twice)->path.string() + "' would both be object '" +
                                   twice->key + "': ingest them with different --prefix");
  }
  return plan;
}

}  // namespace sextant::cli
