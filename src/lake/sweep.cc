#include "lake/sweep.h"

#include <set>
#include <string>
#include <vector>

#include "core/log.h"

namespace sextant::lake {
namespace {

// table/date=…/hour=…/file; `_delta_log` and whatever else lies there is not ours to remove.
Result<std::vector<std::string>> partition_files(const ports::LakeFiles& files,
                                                 const std::string& table) {
  std::vector<std::string> paths;
  SX_TRY_AS(const auto dates, files.list(table));
  for (const auto& date : dates) {
    if (!date.starts_with("date=")) continue;
    const auto day = table + "/" + date.substr(0, date.size() - 1);
    SX_TRY_AS(const auto hours, files.list(day));
    for (const auto& hour : hours) {
      if (!hour.starts_with("hour=")) continue;
      const auto folder = day + "/" + hour.substr(0, hour.size() - 1);
      SX_TRY_AS(const auto names, files.list(folder));
      for (const auto& name : names) {
        if (!name.ends_with('/')) paths.push_back(folder + "/" + name);
      }
    }
  }
  return paths;
}

Result<std::set<std::string>> named_files(Manifest& manifest, const TableName& table) {
  std::set<std::string> named;
  SX_TRY_AS(const auto known, manifest.find(table));
  if (known) {
    for (const auto& file : known->files) named.insert(file->path);
  }
  // Readers outside may still be at them; they go when their time has come.
  SX_TRY_AS(const auto removed, manifest.removed(table));
  for (const auto& gone : removed) named.insert(gone.file.path);
  return named;
}

}  // namespace

Result<Swept> sweep(ports::LakeFiles& files, Manifest& manifest) {
  Swept swept;
  SX_TRY_AS(const auto tables, files.list(""));
  for (const auto& entry : tables) {
    if (!entry.ends_with('/')) continue;
    const auto table = entry.substr(0, entry.size() - 1);
    SX_TRY_AS(const auto paths, partition_files(files, table));
    SX_TRY_AS(const auto named, named_files(manifest, TableName(table)));
    for (const auto& path : paths) {
      if (named.contains(path)) continue;
      SX_TRY(files.remove(path));
      ++swept.files;
    }
  }
  if (swept.files > 0) {
    log::info("removed lake files that no table names", {{"files", std::to_string(swept.files)}});
  }
  return swept;
}

}  // namespace sextant::lake
