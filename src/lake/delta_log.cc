#include "lake/delta_log.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/fault_point.h"
#include "core/hash.h"
#include "core/log.h"
#include "lake/table_schema.h"
#include "store/keys.h"
#include "store/lake_records.h"

namespace sextant::lake {
namespace {

constexpr std::size_t kChangesMax = 1'000;
constexpr std::size_t kChangeBytesMax = 4 << 20;

// The same for the same table, in the form of a UUID.
std::string table_id(const Scope& scope, const TableName& table) {
  auto text = sha256_hex(store::keys::lake_stream(scope, table)).substr(0, 32);
  for (const std::size_t at : {8u, 13u, 18u, 23u}) text.insert(at, "-");
  return text;
}

DeltaFile file_of(store::LakeFileRecord record) {
  return {.path = std::move(record.path),
          .size = record.size,
          .rows = record.rows,
          .ts_min = record.ts_min,
          .ts_max = record.ts_max,
          .modified = record.created};
}

std::uint64_t rows_of(const std::vector<store::LakeFileRecord>& files) {
  std::uint64_t rows = 0;
  for (const auto& file : files) rows += file.rows;
  return rows;
}

// Only what happens to a file for the first time.
void undo(store::LakeChange change, std::set<std::string>& seen,
          std::map<std::string, DeltaFile>& files) {
  for (const auto& file : change.added) {
    if (seen.insert(file.path).second) files.erase(file.path);
  }
  for (auto& file : change.removed) {
    if (!seen.insert(file.path).second) continue;
    auto path = file.path;
    files.insert_or_assign(std::move(path), file_of(std::move(file)));
  }
}

void take(DeltaChange& into, store::LakeChange change) {
  if (!change.removed.empty()) {
    into.adds_data = change.reason != store::LakeReason::Merged;
    into.removed.at = change.removed_at.value_or(Time{});
    into.removed.changes_data = into.adds_data || rows_of(change.added) != rows_of(change.removed);
  }
  for (auto& file : change.removed) into.removed.files.push_back(file_of(std::move(file)));
  for (auto& file : change.added) into.added.push_back(file_of(std::move(file)));
}

}  // namespace

std::string DeltaLog::path_of(const std::string& name) const {
  return table_.text() + "/_delta_log/" + name;
}

// Where the log stands is what its newest version of ours says. All are looked at: readers outside
// need them all, and nobody but us knows what they must be.
Result<> DeltaLog::open() {
  SX_TRY_AS(const auto names, parts_.files.list(table_.text() + "/_delta_log"));
  std::vector<std::uint64_t> versions;
  for (const auto& name : names) {
    if (const auto version = delta_version_of(name)) versions.push_back(*version);
  }
  version_ = versions.empty() ? 0 : std::ranges::max(versions) + 1;
  position_ = 0;
  std::ranges::sort(versions, std::greater{});
  std::optional<std::uint64_t> position;
  for (const auto version : versions) {
    const auto path = path_of(delta_file_name(version));
    SX_TRY_AS(const auto text, parts_.files.published(path));
    SX_TRY(within("lake file " + path, check_delta_seal(text)));
    if (!position) position = delta_position(text);
  }
  position_ = position.value_or(0);
  published_schema_.clear();
  SX_TRY_AS(const auto known, parts_.manifest.find(table_));
  schema_ = known ? known->schema : nullptr;
  is_open_ = true;
  return {};
}

// What removes files is a version of its own: readers who follow the log tell by it which rows are
// new, and a file that came and went in the same version would be one of which nobody may speak.
Result<DeltaLog::NextVersion> DeltaLog::read_changes() const {
  const auto stream = store::keys::lake_stream(parts_.scope, table_);
  SX_TRY_AS(const auto records,
            parts_.streams.read(stream, position_ + 1, kChangesMax, kChangeBytesMax));
  NextVersion next{.change = {}, .schema = schema_, .position = position_};
  std::set<std::string> schemas;
  for (const auto& record : records) {
    SX_TRY_AS(auto change, within(stream, store::decode_lake_change(record.payload)));
    const bool removes = !change.removed.empty();
    if (removes && next.position != position_) break;
    for (const auto& file : change.added) {
      if (!schemas.insert(file.schema_id).second) continue;
      SX_TRY_AS(const auto schema, parts_.manifest.schema(table_, file.schema_id));
      SX_TRY_AS(next.schema, unite(next.schema, schema));
    }
    take(next.change, std::move(change));
    next.position = record.sequence;
    if (removes) break;
  }
  return next;
}

Result<DeltaHead> DeltaLog::head_of(const NextVersion& next) const {
  SX_TRY_AS(auto schema, within("table " + table_.text(), delta_schema(next.schema)));
  return DeltaHead{.table = table_.text(),
                   .table_id = table_id(parts_.scope, table_),
                   .schema = std::move(schema),
                   .position = next.position,
                   .now = parts_.clock.now(),
                   .readers_window = parts_.readers_window};
}

Result<bool> DeltaLog::step() {
  if (!is_open_) SX_TRY(open());
  SX_TRY_AS(const auto next, read_changes());
  if (next.position == position_) return false;
  SX_TRY_AS(const auto head, head_of(next));
  const auto metadata =
      head.schema == published_schema_ ? DeltaMetadata::Leave : DeltaMetadata::Write;
  fault_point("delta.before_publish");
  const auto published = parts_.files.publish(path_of(delta_file_name(version_)),
                                              delta_version(head, next.change, metadata, version_),
                                              ports::IfExists::Fail);
  if (!published) {
    is_open_ = false;  // whatever it was, look again where the log stands
    if (published.error().code == Code::Conflict) return true;
    return std::unexpected(published.error());
  }
  fault_point("delta.after_publish");
  schema_ = next.schema;
  published_schema_ = head.schema;
  position_ = next.position;
  ++version_;
  if (version_ % parts_.checkpoint_every == 1 && version_ > 1) {
    // Readers do without it, only slower.
    const auto checkpointed = checkpoint(head);
    if (!checkpointed) {
      log::warn("no Delta checkpoint this time",
                {{"table", table_.text()}, {"reason", checkpointed.error().message}});
    }
  }
  return true;
}

// The state at `position_` is what the manifest has now, less what was done after: the first thing
// that happened to a file since then says whether it was there.
Result<DeltaState> DeltaLog::state_now(Time now) const {
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
                                        .modified = now});
  }
  SX_TRY(undo_later(files));
  DeltaState state;
  for (const auto& gone : removed) {
    if (files.contains(gone.file.path)) continue;
    state.removed.push_back({.files = {file_of(gone.file)}, .at = gone.removed_at});
  }
  for (auto& [path, file] : files) state.files.push_back(std::move(file));
  return state;
}

Result<> DeltaLog::undo_later(std::map<std::string, DeltaFile>& files) const {
  std::set<std::string> seen;
  const auto stream = store::keys::lake_stream(parts_.scope, table_);
  for (auto from = position_ + 1;;) {
    SX_TRY_AS(const auto records, parts_.streams.read(stream, from, kChangesMax, kChangeBytesMax));
    if (records.empty()) return {};
    for (const auto& record : records) {
      SX_TRY_AS(auto change, store::decode_lake_change(record.payload));
      undo(std::move(change), seen, files);
    }
    from = records.back().sequence + 1;
  }
}

Result<> DeltaLog::checkpoint(const DeltaHead& head) {
  SX_TRY_AS(const auto state, state_now(head.now));
  SX_TRY_AS(const auto bytes, delta_checkpoint(head, state));
  const auto version = version_ - 1;
  SX_TRY(parts_.files.publish(path_of(delta_checkpoint_name(version)), bytes,
                              ports::IfExists::Replace));
  const auto last = "{\"version\":" + std::to_string(version) +
                    ",\"size\":" + std::to_string(delta_actions(state)) + "}";
  SX_TRY(parts_.files.publish(path_of("_last_checkpoint"), last, ports::IfExists::Replace));
  // A reader that has just begun may still be at the checkpoint before.
  return version > parts_.checkpoint_every ? remove_older_than(version - parts_.checkpoint_every)
                                           : Result<>{};
}

Result<> DeltaLog::remove_older_than(std::uint64_t version) {
  SX_TRY_AS(const auto names, parts_.files.list(table_.text() + "/_delta_log"));
  const auto oldest = delta_file_name(version);
  for (const auto& name : names) {
    // Both kinds of names begin with the version's twenty digits.
    if (name.front() == '_' || name.substr(0, 20) >= oldest.substr(0, 20)) continue;
    SX_TRY(parts_.files.remove(path_of(name)));
  }
  return {};
}

}  // namespace sextant::lake
