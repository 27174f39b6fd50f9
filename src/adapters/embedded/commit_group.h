#pragma once
// Batches that share one write and one fsync. Each is judged against what the database holds and
// what the batches before it in the group do; a batch that does not hold leaves no trace.
#include <rocksdb/write_batch.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/embedded/rocks_database.h"
#include "adapters/embedded/stream_heads.h"
#include "ports/commit.h"

namespace sextant::adapters {

class CommitGroup {
 public:
  // `last_version` is the number of the last commit before the group.
  CommitGroup(const RocksDatabase& database, const StreamHeads& heads, Time now,
              std::uint64_t last_version)
      : database_(database), heads_(heads), now_(now), last_version_(last_version) {}

  // What the batch will have done once the group is written. Errors: Conflict, Corrupt,
  // Unavailable; then the group is as before.
  Result<ports::Committed> add(const ports::Batch& batch);

  // Forgets the records of `stream` before `sequence`.
  Result<> trim(const std::string& stream, std::uint64_t sequence);

  std::uint64_t last_version() const { return last_version_; }
  const ChangedHeads& heads() const { return changed_; }
  bool empty() const { return writes_.Count() == 0; }

  // Everything, ready for RocksDatabase::write().
  rocksdb::WriteBatch& finish();

 private:
  // The version a key has after the group so far; nullopt: absent.
  using Version = std::optional<std::uint64_t>;

  Result<Version> version_of(const std::string& key) const;
  Result<bool> holds(const ports::Batch& batch) const;
  Result<> load_heads(const ports::Batch& batch, ChangedHeads& loaded) const;
  void apply_keys(const ports::Batch& batch);
  std::uint64_t append(const ports::Append& append, StreamHead& head);

  const RocksDatabase& database_;
  const StreamHeads& heads_;
  const Time now_;
  std::uint64_t last_version_;
  rocksdb::WriteBatch writes_;
  std::unordered_map<std::string, Version> versions_;
  ChangedHeads changed_;
};

}  // namespace sextant::adapters
