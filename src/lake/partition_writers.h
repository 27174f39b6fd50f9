#pragma once
// Writes rows of any tables and hours into files, one at a time for each table, schema and hour,
// within a bound of memory: beyond it the largest files are finished early. So rows of a thousand
// hours cost files, not memory.
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/columns.h"
#include "core/id.h"
#include "core/result.h"
#include "lake/manifest.h"
#include "lake/partitions.h"
#include "ports/lake_files.h"

namespace sextant::lake {

struct WriterLimits {
  std::uint64_t buffered_bytes_max = 64ull << 20;
  std::uint64_t file_bytes_max = 256ull << 20;  // about; then the next file begins
  std::size_t open_files_max = 64;
  std::size_t hours_max = 20'000;  // in one delivery, over all tables
};

// Files that are written and belong to no table yet. Whoever holds them when they cannot be
// committed removes them.
class StagedFiles {
 public:
  void add(const TableName& table, ports::LakeFile file);
  const std::vector<TableChange>& changes() const { return changes_; }
  void remove_from(ports::LakeFiles& files) const;

 private:
  std::vector<TableChange> changes_;
};

// One thread at a time. Destroyed without finish(): what was written is removed.
class PartitionWriters {
 public:
  PartitionWriters(ports::LakeFiles& files, WriterLimits limits);
  PartitionWriters(const PartitionWriters&) = delete;
  PartitionWriters& operator=(const PartitionWriters&) = delete;
  ~PartitionWriters();

  // Errors: Invalid (no time column, more hours than hours_max), Exhausted (disk full).
  Result<> write(const TableName& table, const BatchPtr& batch);
  std::uint64_t buffered_bytes() const;
  // Everything durable. Empty afterwards.
  Result<StagedFiles> finish();

 private:
  struct Key {
    TableName table;
    Hour hour;
    const arrow::Schema* schema = nullptr;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Open {
    std::unique_ptr<ports::LakeWriter> writer;
    std::uint64_t buffered = 0;
  };
  using Writers = std::map<Key, Open>;

  SchemaPtr known_schema(const BatchPtr& batch);
  Result<Open*> writer_for(const Key& key);
  Result<> finish_all(std::vector<Writers::node_type> nodes);
  Result<> finish_one(Writers::iterator at);
  Result<> stay_below_bytes();
  Result<> stay_in_bounds();

  ports::LakeFiles& files_;
  const WriterLimits limits_;
  std::vector<SchemaPtr> schemas_;
  Writers writers_;
  std::uint64_t buffered_ = 0;
  std::set<std::pair<TableName, Hour>> hours_;
  StagedFiles staged_;
};

}  // namespace sextant::lake
