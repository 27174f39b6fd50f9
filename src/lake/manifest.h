#pragma once
// Which files are in which table. The truth is in the state store (store/lake_records.h); here is
// the copy in memory that queries are planned from, read at start and carried on with every commit.
// Files are only ever added.
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

namespace sextant::lake {

// Files that one commit adds to one table.
struct TableChange {
  TableName table;
  std::vector<ports::LakeFilePtr> files;
};

struct TableFacts {
  TableName name;
  std::uint64_t files = 0;
  std::uint64_t rows = 0;
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
  // change, in order, behind the batch's own appends. Invalid: a column has another type in the
  // table (names table and column).
  Result<> add_to(ports::Batch& batch, std::span<const TableChange> changes, Time now) const;

  // The batch is durable; `sequences` are those of its appends for these changes.
  void committed(std::span<const TableChange> changes, std::span<const std::uint64_t> sequences);
  // Whether the batch happened is not known, and may turn out at any time later: from now on the
  // tables are compared with the store when they are asked for, until a commit settles it.
  void doubtful(std::span<const TableChange> changes);

  // Tables that have files, by name.
  Result<std::vector<TableFacts>> tables();
  // What a query needs; nullopt when the table has no files.
  Result<std::optional<ports::LakeTable>> find(const TableName& table);
  Result<SchemaPtr> schema(const TableName& table, std::string_view schema_id) const;
  // Everything in the table as the state store has it now.
  Result<ports::LakeTable> load(const TableName& table) const;

  // Called after every committed(), outside of all locks, on the committer's thread. One
  // listener; it outlives the commits, or was replaced by nullptr after the last of them.
  void on_change(std::function<void(const TableName&)> listener);

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
  };
  using Tables = std::map<TableName, Table>;

  Manifest(Scope scope, const ports::StateStore& state, const ports::StreamLog& streams)
      : scope_(std::move(scope)), state_(state), streams_(streams) {}
  static void add_file(Table& table, const ports::LakeFilePtr& file);
  Result<> read_schemas(const std::string& prefix, Table& table) const;
  Result<> read_table(const TableName& name, Table& table) const;
  Result<> refresh(const TableName& name);
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
  Guarded<std::shared_ptr<const std::function<void(const TableName&)>>> listener_;
};

}  // namespace sextant::lake
