#include "lake/delta_log.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/fault_point.h"
#include "core/hash.h"
#include "core/log.h"
#include "lake/delta_parts.h"
#include "lake/table_schema.h"
#include "store/keys.h"
#include "store/lake_records.h"

namespace sextant::lake {
namespace {

constexpr std::size_t kChangesMax = 1'000;
constexpr std::size_t kChangeBytesMax = 4 << 20;

// The same for the same table, in the form of a UUID.
std::string table_id(const Scope& scope, const TableName& table) {
  const auto digits = sha256_hex(store::keys::lake_stream(scope, table));
  std::string text;
  for (std::size_t i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) text.push_back('-');
    text.push_back(digits[i]);
  }
  return text;
}

std::uint64_t rows_of(const std::vector<store::LakeFileRecord>& files) {
  std::uint64_t rows = 0;
  for (const auto& file : files) rows += file.rows;
  return rows;
}

void take(DeltaChange& into, store::LakeChange change) {
  if (!change.removed.empty()) {
    into.adds_data = change.reason != store::LakeReason::Merged;
    into.removed.at = change.removed_at.value_or(Time{});
    into.removed.changes_data = into.adds_data || rows_of(change.added) != rows_of(change.removed);
  }
  for (auto& file : change.removed) into.removed.files.push_back(delta_file(std::move(file)));
  for (auto& file : change.added) into.added.push_back(delta_file(std::move(file)));
}

}  // namespace

// Where the log stands is what its newest version of ours says. All are looked at: readers outside
// need them all, and nobody but us knows what they must be.
Result<> DeltaLog::open() {
  SX_TRY_AS(const auto names, parts_.files.list(delta_log_folder(table_)));
  std::vector<std::uint64_t> versions;
  for (const auto& name : names) {
    if (const auto version = delta_version_of(name)) versions.push_back(*version);
  }
  version_ = versions.empty() ? 0 : std::ranges::max(versions) + 1;
  position_ = 0;
  std::ranges::sort(versions, std::greater{});
  std::optional<std::uint64_t> position;
  for (const auto version : versions) {
    const auto path = delta_log_path(table_, delta_file_name(version));
    SX_TRY_AS(const auto text, parts_.files.published(path));
    SX_TRY(within("lake file " + path, check_delta_seal(text)));
    if (!position) position = delta_position(text);
  }
  position_ = position.value_or(0);
  published_schema_.clear();
  SX_TRY_AS(const auto known, parts_.manifest.find(table_));
  schema_ = known ? known->schema : nullptr;
  if (version_ > 0) SX_TRY(open_checkpoints());
  is_open_ = true;
  return {};
}

Result<> DeltaLog::open_checkpoints() {
  SX_TRY_AS(const bool has_newest, checkpoints_.check());
  if (has_newest) return {};
  SX_TRY_AS(const auto head, head_of({.change = {}, .schema = schema_, .position = position_}));
  return checkpoints_.write(head, version_ - 1);
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
  const auto published = parts_.files.publish(delta_log_path(table_, delta_file_name(version_)),
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
    const auto checkpointed = checkpoints_.write(head, version_ - 1);
    if (!checkpointed) {
      log::warn("no Delta checkpoint this time",
                {{"table", table_.text()}, {"reason", checkpointed.error().message}});
    }
  }
  return true;
}

}  // namespace sextant::lake
