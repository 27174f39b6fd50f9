#include "lake/removed_files.h"

#include <algorithm>
#include <utility>

#include "core/fault_point.h"
#include "core/log.h"
#include "store/keys.h"

namespace sextant::lake {
namespace {

constexpr std::size_t kFilesACommit = 1'000;
constexpr Duration kTogether = std::chrono::minutes(1);  // what is due so soon after goes with it

}  // namespace

RemovedFiles::RemovedFiles(RemovedFilesParts parts, Duration readers_window)
    : parts_(std::move(parts)),
      window_(readers_window),
      removed_(parts_.metrics.counter("sextant_lake_removed_files_total",
                                      "Lake files removed after they had left their table")) {}

void RemovedFiles::wake_at(Time when) { next_due_ = next_due_ ? std::min(*next_due_, when) : when; }

void RemovedFiles::open() {
  for (const auto& table : parts_.manifest.names()) {
    const auto removed = parts_.manifest.removed(table);
    if (removed && removed->empty()) continue;
    wake_at(parts_.clock.now());
    const auto told = parts_.delta.publish(table);
    if (!told) untold_.insert(table);
    // Perhaps it was this that the log had not said yet.
    if (told && *told) told_since_[table] = parts_.clock.now();
  }
}

void RemovedFiles::left(const TableName& table) {
  untold_.insert(table);
  (void)is_told(table);
  wake_at(parts_.clock.now() + window_);
}

bool RemovedFiles::is_told(const TableName& table) {
  if (!untold_.contains(table)) return true;
  const bool at_once = !told_since_.contains(table);
  if (!parts_.delta.publish(table)) {
    told_since_.try_emplace(table, parts_.clock.now());
    return false;
  }
  untold_.erase(table);
  if (!at_once) told_since_[table] = parts_.clock.now();
  return true;
}

Result<> RemovedFiles::step() {
  next_due_ = std::nullopt;
  Result<> all;
  for (const auto& table : parts_.manifest.names()) {
    auto stepped = step(table);
    if (stepped) continue;
    wake_at(parts_.clock.now() + kTogether);
    if (all) all = std::move(stepped);
  }
  return all;
}

Result<> RemovedFiles::step(const TableName& table) {
  SX_TRY_AS(const auto removed, parts_.manifest.removed(table));
  if (removed.empty()) {
    told_since_.erase(table);
    return {};
  }
  const auto now = parts_.clock.now();
  const auto again = now + std::min(window_, kTogether);
  if (!is_told(table)) {
    wake_at(again);
    return {};
  }
  const auto told = told_since_.find(table);
  std::vector<std::string> paths;
  for (const auto& gone : removed) {
    const auto since =
        told == told_since_.end() ? gone.removed_at : std::max(gone.removed_at, told->second);
    if (since + window_ > now) {
      wake_at(std::max(since + window_, again));
    } else if (parts_.manifest.is_held(table, gone.file.path)) {
      wake_at(again);
    } else {
      SX_TRY(parts_.files.remove(gone.file.path));
      paths.push_back(gone.file.path);
      if (paths.size() < kFilesACommit) continue;
      SX_TRY(forget(table, std::exchange(paths, {})));
    }
  }
  return forget(table, paths);
}

// A record without its file costs a look; a file without its record would be swept.
Result<> RemovedFiles::forget(const TableName& table, const std::vector<std::string>& paths) {
  if (paths.empty()) return {};
  fault_point("lake.after_remove");
  ports::Batch batch;
  for (const auto& path : paths) {
    batch.erases.push_back(store::keys::lake_removed(parts_.scope, table, path));
  }
  SX_TRY(ports::commit(parts_.log, std::move(batch)));
  removed_.add(paths.size());
  return {};
}

}  // namespace sextant::lake
