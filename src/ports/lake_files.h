#pragma once
// Parquet files of the lake, and SQL over them. Which files belong to which table is the manifest's
// business (lake/); this port knows only files. Paths are relative to the lake's root.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/columns.h"
#include "core/hash.h"
#include "core/result.h"

namespace sextant::ports {

struct LakeFile {
  std::string path;        // alb/date=2026-07-02/hour=22/<id>.parquet
  std::uint64_t size = 0;  // bytes
  std::uint64_t rows = 0;
  // Copies of its events that it and the files that it was merged from had, and it has not.
  std::uint64_t duplicates = 0;
  // Columns ("event.id,user.id") in which no two of its rows are alike, as a merge has made sure;
  // empty: nobody has.
  std::string unique_by = {};
  Sha256Digest sha256 = {};
  std::optional<Time> ts_min;  // of column ts, when the file has one
  std::optional<Time> ts_max;
  SchemaPtr schema;  // as readers see it: nested structs, plain strings; shared by files alike
};
using LakeFilePtr = std::shared_ptr<const LakeFile>;

// Writes one file. Not thread-safe; one owner. Destroyed before finish(): nothing stays behind.
class LakeWriter {
 public:
  virtual ~LakeWriter() = default;
  // Flat batches with dotted names ("source.ip"), all of one schema; the file has nested structs.
  // Takes the rows chosen, in that order. The batch is copied: nothing of it is kept. Errors:
  // Invalid (another schema, a type that Parquet cannot hold), Exhausted (disk full).
  virtual Result<> write(const BatchPtr& batch, std::span<const std::int32_t> rows) = 0;
  virtual Result<> write(const BatchPtr& batch) = 0;  // all rows
  // About the bytes held in memory, for whoever bounds it.
  virtual std::uint64_t buffered_bytes() const = 0;
  // Bytes in the file so far. A writer keeps no file open before its first ones.
  virtual std::uint64_t written_bytes() const = 0;
  // Durable on return; part of no table until a committed manifest says so.
  virtual Result<LakeFile> finish() = 0;
};

// Another look at a table, under a name of its own: a query of ours.
struct LakeView {
  std::string name;
  // For a table with files, `{rows}` stands for its rows with two columns more, which tell them
  // apart: __sextant_file and file_row_number.
  std::string sql;
  std::string from;  // what it reads: the table's name, or a view of the same table before it
  // Where the table has no files and not what it reads, it has no rows and these columns ("date
  // DATE, flows BIGINT"). Without them, and for a table with files, that is an error.
  std::string columns = {};
};

struct LakeTable {
  std::string name;  // as SQL sees it
  std::vector<LakeFilePtr> files;
  SchemaPtr schema;  // union of its files' schemas; also for a table without files
  std::vector<LakeView> views = {};
};

struct QueryLimits {
  std::chrono::milliseconds time_max{60'000};  // until the last row was read
  std::uint64_t rows_max = 1'000'000;
  std::uint64_t memory_bytes_max = 512ull << 20;
};

// Result rows, a batch at a time: nullptr at the end. One thread at a time; may not outlive the
// LakeFiles. Holds the pointers of the files that it may read: whoever removes files waits until
// nobody does. Errors: Exhausted (a limit), Corrupt (names the file).
class RowReader {
 public:
  virtual ~RowReader() = default;
  virtual SchemaPtr schema() const = 0;
  virtual Result<BatchPtr> next() = 0;
};

enum class IfExists {
  Fail,     // Conflict if the file exists: the name is the commit
  Replace,  // readers see the old file or the new one
};

class LakeFiles {
 public:
  virtual ~LakeFiles() = default;

  // `folder` is table/date=…/hour=…; the file gets a fresh name in it. Any thread. Errors: Invalid
  // (the folder's name).
  virtual Result<std::unique_ptr<LakeWriter>> create(std::string_view folder) = 0;

  // Reads the whole file and compares. Errors: Corrupt, NotFound (each names the file).
  virtual Result<> verify(const LakeFile& file) const = 0;

  // Removing twice is not an error.
  virtual Result<> remove(std::string_view path) = 0;

  // Names in a folder, those of folders with a closing '/': the tables of "", the `_delta_log` of
  // one. In order; empty for a folder that is not there.
  virtual Result<std::vector<std::string>> list(std::string_view folder) const = 0;

  // A small file written as a whole, for readers outside
  // ("alb/_delta_log/00000000000000000000.json"). Durable on return, and never seen half. Errors:
  // Conflict, Exhausted.
  virtual Result<> publish(std::string_view path, std::string_view bytes, IfExists if_exists) = 0;

  // What publish() wrote. Errors: NotFound.
  virtual Result<std::string> published(std::string_view path) const = 0;

  // Runs one read-only SQL statement over the tables given and nothing else. The hash of every file
  // of a table that it names is checked before first use. Errors: Invalid (the SQL; with its
  // position), Denied (another statement than a query; touches files or the network), Exhausted (a
  // limit), Corrupt (names the file).
  virtual Result<std::unique_ptr<RowReader>> query(std::string_view sql,
                                                   const std::vector<LakeTable>& tables,
                                                   const QueryLimits& limits) = 0;

  // Lets go of memory that queries left behind; the next query takes it again.
  virtual void rest() = 0;
};

}  // namespace sextant::ports
