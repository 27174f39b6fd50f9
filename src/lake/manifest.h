#pragma once
// Which files are in which table. The truth is in the state store (store/lake_records.h); here is
// the copy in memory that queries are planned from, read at start and carried on with every commit.
// A file enters its table in one commit and leaves it in one; its name never comes back. What left
// stays on the disk, under a record of its own, for those who still read it (removed_files.h).
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/guarded.h"
#include "core/id.h"
#include "core/result.h"
#include "ports/commit.h"
#include "ports/lake_files.h"
#include "ports/state_store.h"
#include "ports/stream_log.h"
#include "store/lake_records.h"

namespace sextant::lake {

// A file of a table as the state store has it.
struct StoredFile {
  store::LakeFileRecord record;
  std::uint64_t version = 0;  // of its entry: the commit that added it
};

// What one commit does to one table.
struct TableChange {
  TableName table;
  std::vector<ports::LakeFilePtr> files;  // that it adds
  std::vector<StoredFile> removed = {};
  store::LakeReason reason = store::LakeReason::Landed;
};

struct TableFacts {
  TableName name;
  std::uint64_t files = 0;
  std::uint64_t rows = 0;
  std::uint64_t duplicates = 0;  // rows of these hours that merges left out: copies of events
  std::uint64_t bytes = 0;
  std::optional<Time> ts_min = std::nullopt;
  std::optional<Time> ts_max = std::nullopt;
};

// Any thread.
class Manifest {
 public:
  // Reads every record. Errors: Corrupt, Unavailable.
  static Result<std::unique_ptr<Manifest>> open(const Scope& scope, const ports::StateStore& state,
                                                const ports::StreamLog& streams);

  // Puts the changes into a batch: a record a file, schemas that are new, and one stream append a
  // change, in order, behind the batch's own appends. Files removed must still be in the table:
  // that is a condition of the batch. Invalid: a column has another type in the table (names table
  // and column).
  Result<> add_to(ports::Batch& batch, std::span<const TableChange> changes, Time now) const;

  // The batch is durable; `sequences` are those of its appends for these changes.
  void committed(std::span<const TableChange> changes, std::span<const std::uint64_t> sequences);
  // Whether the batch happened is not known, and may turn out at any time later: from now on the
  // tables are compared with the store when they are asked for, until a commit settles it.
  void doubtful(std::span<const TableChange> changes);

  // Tables that have files, by name.
  Result<std::vector<TableFacts>> tables();
  // Those in which anything ever landed.
  std::vector<TableName> names() const;
  // What a query needs; nullopt when nothing ever landed in the table. Whoever reads the files
  // holds their pointers meanwhile: then they stay on the disk.
  Result<std::optional<ports::LakeTable>> find(const TableName& table);
  // Whether somebody holds a file that left the table. A file that never was in it: false.
  bool is_held(const TableName& table, std::string_view path);
  Result<SchemaPtr> schema(const TableName& table, std::string_view schema_id) const;
  // Everything in the table as the state store has it now: one moment of it, and another one than
  // that of memory.
  Result<ports::LakeTable> load(const TableName& table) const;
  // The same as records, only those in `folder` (table/date=…/hour=…).
  Result<std::vector<StoredFile>> stored(const TableName& table, std::string_view folder) const;
  // Files that left the table and are still on the disk.
  Result<std::vector<store::LakeRemovedRecord>> removed(const TableName& table) const;

  // Listeners are called after every committed(), outside of all locks, on the committer's thread.
  // Each outlives the commits, or was taken out by stop_telling() after the last of them.
  using Listener = std::function<void(const TableChange&)>;
  using ListenerId = std::uint64_t;
  ListenerId on_change(Listener listener);
  void stop_telling(ListenerId id);

 private:
  struct Table {
    // By path; the key lies in the file itself.
    std::map<std::string_view, ports::LakeFilePtr> files;
    TableFacts facts;
    SchemaPtr schema;
    std::map<std::string, SchemaPtr, std::less<>> schemas;  // by id: those that are stored
    std::map<SchemaPtr, std::string> ids;  // of schemas that commits of this process brought
    // All changes of its stream up to here are in here; perhaps later ones, too.
    std::uint64_t position = 0;
    // The stream may hold changes behind `position` that nobody told of.
    bool doubtful = false;
    std::uint64_t told = 0;     // changes, so that a refresh knows whether one came meanwhile
    bool span_is_known = true;  // of the facts: otherwise a file with an outermost time left
    // Files that left and that somebody may hold.
    std::map<std::string, std::weak_ptr<const ports::LakeFile>, std::less<>> removed;
  };
  using Tables = std::map<TableName, Table>;

  Manifest(Scope scope, const ports::StateStore& state, const ports::StreamLog& streams)
      : scope_(std::move(scope)), state_(state), streams_(streams) {}
  static void add_file(Table& table, const ports::LakeFilePtr& file);
  static void remove_file(Table& table, std::string_view path);
  static void measure_span(Table& table);
  Result<> read_schemas(const std::string& prefix, Table& table) const;
  Result<> read_table(const TableName& name, Table& table) const;
  Result<> refresh(const TableName& name);
  static void take_state(Table& table, Table fresh);
  Result<> refresh_doubtful();
  static void take_change(Table& table, const TableChange& change, std::uint64_t sequence);
  static Result<> take_schema(Table& table, const SchemaPtr& schema);
  static void remember_schema(Table& table, const SchemaPtr& schema);
  Result<std::string> put_schema(ports::Batch& batch, const TableName& name,
                                 const SchemaPtr& schema) const;
  Result<> add_change(ports::Batch& batch, const TableChange& change, Time now) const;

  const Scope scope_;
  const ports::StateStore& state_;
  const ports::StreamLog& streams_;
  mutable Guarded<Tables> tables_;
  Guarded<std::map<ListenerId, std::shared_ptr<const Listener>>> listeners_;
};

}  // namespace sextant::lake
