#include "adapters/embedded/rocks_database.h"

#include <rocksdb/compaction_filter.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <utility>
#include <vector>

#include "adapters/embedded/log_scan.h"
#include "adapters/embedded/rocks_file_system.h"
#include "adapters/embedded/stored_value.h"
#include "core/log.h"

namespace sextant::adapters {
namespace {

// Memory: two write buffers for all families together, one small cache for blocks, indexes and
// filters alike.
constexpr std::size_t kWriteBufferBytes = 8u << 20;
constexpr std::size_t kAllWriteBuffersBytes = 16u << 20;
constexpr std::size_t kCacheBytes = 8u << 20;
constexpr std::size_t kManifestBytesMax = 4u << 20;
constexpr std::uint64_t kLogBytesMax = 48u << 20;
constexpr std::uint64_t kRewriteAfterSeconds = 7 * 24 * 3'600;  // so that what expired goes away

constexpr const char* kFamilyNames[kFamilies] = {"default", "state", "streams"};

// RocksDB's own log: only what somebody must look at, into ours.
class RocksLogger final : public rocksdb::Logger {
 public:
  RocksLogger() : Logger(rocksdb::InfoLogLevel::ERROR_LEVEL) {}
  using Logger::Logv;
  void Logv(const char* format, std::va_list arguments) override {
    char text[512];
    if (std::vsnprintf(text, sizeof text, format, arguments) > 0)
      log::warn("rocksdb", {{"said", text}});
  }
};

class ExpiryFilter final : public rocksdb::CompactionFilter {
 public:
  explicit ExpiryFilter(const Clock& clock) : clock_(clock) {}
  const char* Name() const override { return "sextant.expiry"; }
  bool Filter(int, const rocksdb::Slice&, const rocksdb::Slice& value, std::string*,
              bool*) const override {
    const auto stored = decode_value(to_view(value));
    return stored && stored->expired(clock_.now());
  }

 private:
  const Clock& clock_;
};

rocksdb::ColumnFamilyOptions family_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.pin_top_level_index_and_filter = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.format_version = 5;
  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.write_buffer_size = kWriteBufferBytes;
  family.max_write_buffer_number = 4;  // a slow flush does not stop the writer at once
  family.arena_block_size = 256u << 10;
  family.compression = rocksdb::kLZ4Compression;
  family.level_compaction_dynamic_level_bytes = true;
  return family;
}

// RocksDB blames its MANIFEST for a damaged table in some cases: look which ones are.
std::string damaged_tables(const Disk& disk, const std::filesystem::path& folder,
                           const rocksdb::Options& options) {
  std::string named;
  const auto entries = disk.list(folder);
  if (!entries) return named;
  for (const auto& entry : *entries) {
    if (!entry.name.ends_with(".sst")) continue;
    rocksdb::SstFileReader reader(options);
    auto status = reader.Open((folder / entry.name).string());
    if (status.ok()) status = reader.VerifyChecksum();
    if (!status.ok()) named += "; damaged: " + (folder / entry.name).string();
  }
  return named;
}

}  // namespace

class RocksDatabase::Listener final : public rocksdb::EventListener {
 public:
  explicit Listener(std::atomic<bool>& stopped) : stopped_(stopped) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override {
    // A compaction that finds no room is tried again by itself.
    const bool goes_on =
        reason == rocksdb::BackgroundErrorReason::kCompaction && error->IsIOError();
    if (!goes_on && !stopped_.exchange(true))
      log::error("the store stopped writing", {{"error", error->ToString()}});
  }

 private:
  std::atomic<bool>& stopped_;
};

RocksDatabase::RocksDatabase(const std::filesystem::path& folder, const Clock& clock, Disk& disk)
    : folder_(folder),
      disk_(disk),
      env_(rocksdb::NewCompositeEnv(make_rocks_file_system(disk))),
      expiry_(std::make_unique<ExpiryFilter>(clock)) {
  options_.env = env_.get();
  options_.info_log = std::make_shared<RocksLogger>();
  options_.info_log_level = rocksdb::InfoLogLevel::ERROR_LEVEL;
  options_.listeners.push_back(std::make_shared<Listener>(stopped_));
  options_.create_if_missing = true;
  options_.create_missing_column_families = true;
  // Nothing is lost silently: check_logs() has cut off the one tail that may be torn.
  options_.paranoid_checks = true;
  options_.wal_recovery_mode = rocksdb::WALRecoveryMode::kAbsoluteConsistency;
  options_.track_and_verify_wals_in_manifest = true;
  options_.avoid_flush_during_recovery = true;  // so that it opens on a full disk, too
  options_.max_bgerror_resume_count = 0;        // we recover when a batch comes; nothing polls
  options_.db_write_buffer_size = kAllWriteBuffersBytes;
  options_.max_total_wal_size = kLogBytesMax;
  options_.max_manifest_file_size = kManifestBytesMax;
  options_.max_background_jobs = 2;
  options_.max_file_opening_threads = 1;
  options_.skip_stats_update_on_db_open = true;
  options_.stats_dump_period_sec = 0;
  options_.stats_persist_period_sec = 0;

  const auto cache = rocksdb::NewLRUCache(kCacheBytes, 2);
  for (const char* name : kFamilyNames) families_.emplace_back(name, family_options(cache));
  auto& state = families_[static_cast<std::size_t>(Family::State)].options;
  state.compaction_filter = expiry_.get();
  state.periodic_compaction_seconds = kRewriteAfterSeconds;
}

RocksDatabase::~RocksDatabase() { close(); }

Result<> RocksDatabase::result(std::string_view what, const rocksdb::Status& status) {
  if (status.ok()) return {};
  return std::unexpected(rocks_error(what, status));
}

Result<std::unique_ptr<RocksDatabase>> RocksDatabase::open(const std::filesystem::path& folder,
                                                           const Clock& clock, Disk& disk) {
  SX_TRY(make_directories(disk, folder));
  std::unique_ptr<RocksDatabase> opened(new RocksDatabase(folder, clock, disk));
  SX_TRY_AS(opened->lock_, disk.lock(folder / "OWNER"));
  SX_TRY(opened->open_files());
  return opened;
}

Result<> RocksDatabase::open_files() {
  SX_TRY(check_logs(disk_, folder_));
  const auto status = open_database(false);
  if (status.IsPathNotFound() || status.IsCorruption()) {
    return fail(Code::Corrupt, "open " + folder_.string() + ": " + status.ToString() +
                                   damaged_tables(disk_, folder_, options_));
  }
  return result("open " + folder_.string(), status);
}

rocksdb::Status RocksDatabase::open_database(bool read_only) {
  rocksdb::DB* database = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const auto status =
      read_only
          ? rocksdb::DB::OpenForReadOnly(options_, folder_.string(), families_, &handles, &database)
          : rocksdb::DB::Open(options_, folder_.string(), families_, &handles, &database);
  database_.reset(database);
  if (status.ok()) std::ranges::copy(handles, handles_.begin());
  return status;
}

void RocksDatabase::close() {
  if (!database_) return;
  for (auto*& handle : handles_)
    database_->DestroyColumnFamilyHandle(std::exchange(handle, nullptr)).PermitUncheckedError();
  database_->Close().PermitUncheckedError();
  database_.reset();
}

Result<> RocksDatabase::check_open() const {
  if (database_) return {};
  return fail(Code::Unavailable, "the store could not be opened again: " + folder_.string());
}

Result<std::optional<std::string>> RocksDatabase::get(Family family, std::string_view key) const {
  std::shared_lock lock(open_or_not_);
  SX_TRY(check_open());
  std::string value;
  const auto status = database_->Get(rocksdb::ReadOptions(), handle(family), to_slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  SX_TRY(result("read", status));
  return value;
}

Result<> RocksDatabase::write(rocksdb::WriteBatch& batch) {
  SX_TRY(check_open());
  rocksdb::WriteOptions options;
  options.sync = true;
  const auto status = database_->Write(options, &batch);
  if (!status.ok()) stopped_ = true;
  return result("commit", status);
}

Result<> RocksDatabase::compact(Family family) {
  std::shared_lock lock(open_or_not_);
  SX_TRY(check_open());
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  return result("compact", database_->CompactRange(options, handle(family), nullptr, nullptr));
}

Result<> RocksDatabase::recover() {
  std::unique_lock lock(open_or_not_);
  close();
  stopped_ = false;
  auto opened = open_files();
  if (opened) {
    log::info("the store writes again");
    return {};
  }
  stopped_ = true;
  open_database(true).PermitUncheckedError();
  return opened;
}

}  // namespace sextant::adapters
