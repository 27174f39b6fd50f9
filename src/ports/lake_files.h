#pragma once
// Parquet files of the lake, and SQL over them. Which files belong to which table is the manifest's
// business (lake/); this port knows only files.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/columns.h"
#include "core/hash.h"
#include "core/result.h"

namespace sextant::ports {

struct LakeFile {
  std::string path;        // relative to the lake's root: alb/date=2026-07-02/hour=22/<id>.parquet
  std::uint64_t size = 0;  // bytes
  std::uint64_t rows = 0;
  Sha256Digest sha256 = {};
  std::optional<Time> ts_min;  // of column ts, when the file has one
  std::optional<Time> ts_max;
  std::string schema;  // Arrow schema, IPC-serialised: what readers of the table need
};

// Writes one file. Not thread-safe; one owner. Destroyed before finish(): nothing stays behind.
class LakeWriter {
 public:
  virtual ~LakeWriter() = default;
  // Flat batches with dotted names ("source.ip"); the file has nested structs. All of one schema.
  // Errors: Invalid (another schema), Exhausted (disk full).
  virtual Result<> write(const BatchPtr& batch) = 0;
  // About the bytes held in memory, for whoever bounds it.
  virtual std::uint64_t buffered_bytes() const = 0;
  // Durable on return; part of no table until a committed manifest says so.
  virtual Result<LakeFile> finish() = 0;
};

struct LakeTable {
  std::string name;  // as SQL sees it
  std::vector<LakeFile> files;
  std::string schema;  // union of its files' schemas; also for a table without files
};

struct QueryLimits {
  std::chrono::milliseconds time_max{60'000};
  std::uint64_t rows_max = 1'000'000;
  std::uint64_t memory_bytes_max = 512ull << 20;
};

// Result rows, a batch at a time: nullptr at the end. Errors: Exhausted (a limit), Corrupt (names
// the file).
class RowReader {
 public:
  virtual ~RowReader() = default;
  virtual SchemaPtr schema() const = 0;
  virtual Result<BatchPtr> next() = 0;
};

class LakeFiles {
 public:
  virtual ~LakeFiles() = default;

  // `folder` is table/date=…/hour=…; the file gets a fresh name in it. Any thread. Errors:
  // Exhausted, Unavailable.
  virtual Result<std::unique_ptr<LakeWriter>> create(std::string_view folder) = 0;

  // Reads the whole file and compares. Errors: Corrupt, NotFound (each names the file).
  virtual Result<> verify(const LakeFile& file) const = 0;

  // Removing twice is not an error.
  virtual Result<> remove(std::string_view path) = 0;

  // All Parquet files there are, for the sweep of those that no manifest names.
  virtual Result<std::vector<std::string>> list() const = 0;

  // Writes `_delta_log/<version>.json` of a table's folder, exclusively: Conflict if that version
  // exists. Durable on return.
  virtual Result<> publish(std::string_view table_folder, std::uint64_t version,
                           std::string_view actions) = 0;

  // The newest version in a table's `_delta_log` and its text; nullopt when there is none.
  virtual Result<std::optional<std::pair<std::uint64_t, std::string>>> published(
      std::string_view table_folder) const = 0;

  // Runs one read-only SQL statement over the tables given and nothing else. Errors: Invalid (the
  // SQL; with its position), Denied (touches files or the network), Exhausted (a limit), Corrupt.
  virtual Result<std::unique_ptr<RowReader>> query(std::string_view sql,
                                                   const std::vector<LakeTable>& tables,
                                                   const QueryLimits& limits) = 0;

  // Lets go of memory that queries left behind; the next query takes it again.
  virtual void rest() = 0;
};

}  // namespace sextant::ports
