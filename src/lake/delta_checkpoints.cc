#include "lake/delta_checkpoints.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/fault_point.h"
#include "core/hash.h"
#include "core/log.h"
#include "lake/delta_parts.h"
#include "store/keys.h"

namespace sextant::lake {
namespace {

constexpr std::size_t kChangesMax = 1'000;
constexpr std::size_t kChangeBytesMax = 4 << 20;
constexpr std::string_view kLastName = "_last_checkpoint";

// Only what happens to a file for the first time.
void undo(store::LakeChange change, std::set<std::string>& seen,
          std::map<std::string, DeltaFile>& files) {
  for (const auto& file : change.added) {
    if (seen.insert(file.path).second) files.erase(file.path);
  }
  for (auto& file : change.removed) {
    if (!seen.insert(file.path).second) continue;
    auto path = file.path;
    files.insert_or_assign(std::move(path), delta_file(std::move(file)));
  }
}

std::string last_text(const store::LakeCheckpoint& checkpoint) {
  return "{\"version\":" + std::to_string(checkpoint.version) +
         ",\"size\":" + std::to_string(checkpoint.actions) + "}";
}

void say_damaged(const std::string& path) {
  log::error(
      "a file of a Delta log is damaged, its bytes are not what was written: it is made anew",
      {{"file", path}});
}

void say_missing(const std::string& path) {
  log::warn("a file of a Delta log is missing: it is made anew", {{"file", path}});
}

}  // namespace

Result<> DeltaCheckpoints::write(const DeltaHead& head, std::uint64_t version) const {
  SX_TRY_AS(const auto state, state_at(head));
  SX_TRY_AS(const auto bytes, delta_checkpoint(head, state));
  const store::LakeCheckpoint written{.version = version,
                                      .size = bytes.size(),
                                      .sha256 = sha256(bytes),
                                      .actions = delta_actions(state)};
  SX_TRY_AS(auto record_now, recorded());
  SX_TRY_AS(const auto names, parts_.files.list(delta_log_folder(table_)));
  auto& known = record_now.checkpoints;
  std::erase_if(known, [&](const auto& one) {
    return one.version >= version ||
           std::ranges::find(names, delta_checkpoint_name(one.version)) == names.end();
  });
  // A reader that has just begun may still be at the checkpoint before.
  if (known.size() > 1) known.erase(known.begin(), known.end() - 1);
  known.push_back(written);
  SX_TRY(record(record_now));
  fault_point("delta.before_checkpoint");
  SX_TRY(parts_.files.publish(delta_log_path(table_, delta_checkpoint_name(version)), bytes,
                              ports::IfExists::Replace));
  SX_TRY(name_as_last(written));
  return known.size() > 1 ? remove_older_than(known.front().version) : Result<>{};
}

Result<bool> DeltaCheckpoints::check() const {
  SX_TRY_AS(auto record_now, recorded());
  auto& known = record_now.checkpoints;
  if (known.empty()) return true;
  const auto newest = known.back();
  std::vector<store::LakeCheckpoint> whole;
  for (const auto& one : known) {
    SX_TRY_AS(const bool is_it, is_whole(one));
    if (is_it) whole.push_back(one);
  }
  const bool has_newest = !whole.empty() && whole.back() == newest;
  if (has_newest) SX_TRY(check_last(newest));
  // Otherwise the record goes on asking for the newest until that is written.
  if (has_newest && whole.size() < known.size()) {
    known = std::move(whole);
    SX_TRY(record(record_now));
  }
  return has_newest;
}

Result<bool> DeltaCheckpoints::is_whole(const store::LakeCheckpoint& checkpoint) const {
  const auto path = delta_log_path(table_, delta_checkpoint_name(checkpoint.version));
  const auto bytes = parts_.files.published(path);
  if (!bytes) {
    if (bytes.error().code != Code::NotFound) return std::unexpected(bytes.error());
    say_missing(path);
    return false;
  }
  if (bytes->size() == checkpoint.size && sha256(*bytes) == checkpoint.sha256) return true;
  say_damaged(path);
  // Those who read the log by its names find the one before, and the versions since then.
  SX_TRY(parts_.files.remove(path));
  return false;
}

Result<> DeltaCheckpoints::check_last(const store::LakeCheckpoint& newest) const {
  const auto path = delta_log_path(table_, kLastName);
  const auto text = parts_.files.published(path);
  if (text && *text == last_text(newest)) return {};
  if (!text && text.error().code != Code::NotFound) return std::unexpected(text.error());
  text ? say_damaged(path) : say_missing(path);
  return name_as_last(newest);
}

Result<> DeltaCheckpoints::name_as_last(const store::LakeCheckpoint& checkpoint) const {
  return parts_.files.publish(delta_log_path(table_, kLastName), last_text(checkpoint),
                              ports::IfExists::Replace);
}

Result<store::LakeCheckpointsRecord> DeltaCheckpoints::recorded() const {
  const auto key = store::keys::lake_checkpoints(parts_.scope, table_);
  SX_TRY_AS(const auto entry, parts_.state.get(key));
  if (!entry) return store::LakeCheckpointsRecord{};
  return within(key, store::decode_lake_checkpoints(entry->value));
}

Result<> DeltaCheckpoints::record(const store::LakeCheckpointsRecord& checkpoints) const {
  SX_TRY(ports::commit(parts_.log,
                       {.puts = {{.key = store::keys::lake_checkpoints(parts_.scope, table_),
                                  .value = store::encode(checkpoints)}}}));
  return {};
}

// The state at a position is what the manifest has now, less what was done after: the first thing
// that happened to a file since then says whether it was there.
Result<DeltaState> DeltaCheckpoints::state_at(const DeltaHead& head) const {
  SX_TRY_AS(const auto table, parts_.manifest.load(table_));
  SX_TRY_AS(const auto removed, parts_.manifest.removed(table_));
  // What was seen of changes under way is in the stream when a commit behind them is told.
  SX_TRY(within("wait for the last commit", ports::commit(parts_.log, {})));
  std::map<std::string, DeltaFile> files;
  for (const auto& file : table.files) {
    files.emplace(file->path, DeltaFile{.path = file->path,
                                        .size = file->size,
                                        .rows = file->rows,
                                        .ts_min = file->ts_min,
                                        .ts_max = file->ts_max,
                                        .modified = head.now});
  }
  SX_TRY(undo_after(head.position, files));
  DeltaState state;
  for (const auto& gone : removed) {
    if (files.contains(gone.file.path)) continue;
    state.removed.push_back({.files = {delta_file(gone.file)}, .at = gone.removed_at});
  }
  for (auto& [path, file] : files) state.files.push_back(std::move(file));
  return state;
}

Result<> DeltaCheckpoints::undo_after(std::uint64_t position,
                                      std::map<std::string, DeltaFile>& files) const {
  std::set<std::string> seen;
  const auto stream = store::keys::lake_stream(parts_.scope, table_);
  for (auto from = position + 1;;) {
    SX_TRY_AS(const auto records, parts_.streams.read(stream, from, kChangesMax, kChangeBytesMax));
    if (records.empty()) return {};
    for (const auto& record : records) {
      SX_TRY_AS(auto change, store::decode_lake_change(record.payload));
      undo(std::move(change), seen, files);
    }
    from = records.back().sequence + 1;
  }
}

Result<> DeltaCheckpoints::remove_older_than(std::uint64_t version) const {
  SX_TRY_AS(const auto names, parts_.files.list(delta_log_folder(table_)));
  const auto oldest = delta_file_name(version);
  for (const auto& name : names) {
    // Both kinds of names begin with the version's twenty digits.
    if (name.front() == '_' || name.substr(0, 20) >= oldest.substr(0, 20)) continue;
    SX_TRY(parts_.files.remove(delta_log_path(table_, name)));
  }
  return {};
}

}  // namespace sextant::lake
