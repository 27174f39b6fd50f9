#pragma once
// One RocksDB database with our column families, opened so that it loses nothing silently, stays
// small in memory and does nothing at rest. Only .cc files of the embedded store include this.
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/embedded/disk.h"
#include "core/clock.h"
#include "core/result.h"

namespace sextant::adapters {

enum class Family { Meta, State, Streams };
inline constexpr std::size_t kFamilies = 3;

inline rocksdb::Slice to_slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string_view to_view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

// All calls from any thread, except handle(), write() and recover(): one thread.
class RocksDatabase {
 public:
  // Makes the database when `folder` has none. `clock` decides which values compaction drops.
  // Errors: Corrupt (names the file), Conflict (another process has it open), Exhausted,
  // Unavailable.
  static Result<std::unique_ptr<RocksDatabase>> open(const std::filesystem::path& folder,
                                                     const Clock& clock, Disk& disk);
  RocksDatabase(const RocksDatabase&) = delete;
  RocksDatabase& operator=(const RocksDatabase&) = delete;
  ~RocksDatabase();

  Result<std::optional<std::string>> get(Family family, std::string_view key) const;

  // Keys from `from` on and below `end` (when not empty), of one snapshot. visit(key, value)
  // returns Result<bool>: false ends it. Errors: Corrupt, Unavailable, and what visit returns.
  template <typename Visit>
  Result<> walk(Family family, std::string_view from, std::string_view end, Visit&& visit) const {
    std::shared_lock lock(open_or_not_);
    SX_TRY(check_open());
    const rocksdb::Slice upper = to_slice(end);
    rocksdb::ReadOptions options;
    if (!end.empty()) options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> it(database_->NewIterator(options, handle(family)));
    for (it->Seek(to_slice(from)); it->Valid(); it->Next()) {
      SX_TRY_AS(const bool more, visit(to_view(it->key()), to_view(it->value())));
      if (!more) return {};
    }
    return result("scan", it->status());
  }

  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles_[static_cast<std::size_t>(family)];
  }

  // Synced on return. After an error of kind Exhausted nothing was written; after another one the
  // outcome is unknown. Once it has failed it fails until recover() succeeds.
  Result<> write(rocksdb::WriteBatch& batch);

  // Rewrites all tables of a family now, as compaction does in its own time.
  Result<> compact(Family family);

  // A write or a flush failed, and nothing has put it right since.
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

  // Closes the database and opens it again, as a restart would; RocksDB's own Resume() can wait for
  // ever. A write whose outcome was unknown has happened after it, or never will. If it fails,
  // reads go on where that is possible.
  Result<> recover();

 private:
  class Listener;
  RocksDatabase(const std::filesystem::path& folder, const Clock& clock, Disk& disk);
  static Result<> result(std::string_view what, const rocksdb::Status& status);
  Result<> check_open() const;
  Result<> open_files();
  rocksdb::Status open_database(bool read_only);
  void close();

  const std::filesystem::path folder_;
  Disk& disk_;
  std::unique_ptr<DiskLock> lock_;  // held before the logs are looked at, and to the end
  std::atomic<bool> stopped_ = false;
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<rocksdb::CompactionFilter> expiry_;
  rocksdb::Options options_;
  std::vector<rocksdb::ColumnFamilyDescriptor> families_;
  mutable std::shared_mutex open_or_not_;  // of the two below, against recover()
  std::unique_ptr<rocksdb::DB> database_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilies> handles_ = {};  // closed by close()
};

}  // namespace sextant::adapters
