#include "lake/manifest.h"

#include <arrow/type.h>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "core/log.h"
#include "lake/table_schema.h"
#include "store/keys.h"
#include "store/lake_records.h"

namespace sextant::lake {
namespace {

namespace keys = store::keys;

constexpr std::size_t kAllFiles = std::numeric_limits<std::size_t>::max();
constexpr int kRefreshesMax = 100;

ports::LakeFilePtr file_of(store::LakeFileRecord record, SchemaPtr schema) {
  return std::make_shared<const ports::LakeFile>(
      ports::LakeFile{.path = std::move(record.path),
                      .size = record.size,
                      .rows = record.rows,
                      .duplicates = record.duplicates,
                      .unique_by = std::move(record.unique_by),
                      .sha256 = record.sha256,
                      .ts_min = record.ts_min,
                      .ts_max = record.ts_max,
                      .schema = std::move(schema)});
}

store::LakeFileRecord record_of(const ports::LakeFile& file, std::string schema, Time now) {
  return {.path = file.path,
          .size = file.size,
          .rows = file.rows,
          .sha256 = file.sha256,
          .ts_min = file.ts_min,
          .ts_max = file.ts_max,
          .schema_id = std::move(schema),
          .created = now,
          .duplicates = file.duplicates,
          .unique_by = file.unique_by};
}

Result<keys::LakeSchemaKey> parse_schema_key(const Scope& scope, const std::string& key) {
  auto parsed = keys::parse_lake_schema(scope, key);
  if (!parsed) return fail(Code::Corrupt, "'" + key + "' is no key of a table's schema");
  return std::move(*parsed);
}

}  // namespace

void Manifest::add_file(Table& table, const ports::LakeFilePtr& file) {
  if (!table.files.emplace(file->path, file).second) return;
  auto& facts = table.facts;
  ++facts.files;
  facts.rows += file->rows;
  facts.duplicates += file->duplicates;
  facts.bytes += file->size;
  if (file->ts_min) facts.ts_min = std::min(facts.ts_min.value_or(*file->ts_min), *file->ts_min);
  if (file->ts_max) facts.ts_max = std::max(facts.ts_max.value_or(*file->ts_max), *file->ts_max);
}

// Whoever holds the file goes on reading it.
void Manifest::remove_file(Table& table, std::string_view path) {
  const auto found = table.files.find(path);
  if (found == table.files.end()) return;
  const auto file = found->second;
  table.files.erase(found);  // its key lies in the file
  auto& facts = table.facts;
  --facts.files;
  facts.rows -= file->rows;
  facts.duplicates -= file->duplicates;
  facts.bytes -= file->size;
  if (file->ts_min == facts.ts_min || file->ts_max == facts.ts_max) table.span_is_known = false;
  std::erase_if(table.removed, [](const auto& entry) { return entry.second.expired(); });
  table.removed.emplace(file->path, file);
}

void Manifest::measure_span(Table& table) {
  if (std::exchange(table.span_is_known, true)) return;
  auto& facts = table.facts;
  facts.ts_min = facts.ts_max = std::nullopt;
  for (const auto& [path, file] : table.files) {
    if (file->ts_min) facts.ts_min = std::min(facts.ts_min.value_or(*file->ts_min), *file->ts_min);
    if (file->ts_max) facts.ts_max = std::max(facts.ts_max.value_or(*file->ts_max), *file->ts_max);
  }
}

Result<std::unique_ptr<Manifest>> Manifest::open(const Scope& scope, const ports::StateStore& state,
                                                 const ports::StreamLog& streams) {
  std::unique_ptr<Manifest> manifest(new Manifest(scope, state, streams));
  const auto prefix = keys::lake_schemas(scope);
  std::set<TableName> names;
  auto scanned = ports::for_each(state, prefix, [&](const ports::Entry& entry) -> Result<> {
    SX_TRY_AS(auto key, parse_schema_key(scope, entry.key));
    names.insert(std::move(key.table));
    return {};
  });
  SX_TRY(std::move(scanned));
  for (const auto& name : names) SX_TRY(manifest->refresh(name));
  return manifest;
}

// Two first commits may contradict each other in a column's type: the first keeps the name.
Result<> Manifest::take_schema(Table& table, const SchemaPtr& schema) {
  SX_TRY_AS(table.schema, unite(table.schema, schema));
  return {};
}

Result<> Manifest::read_schemas(const std::string& prefix, Table& table) const {
  std::multimap<std::uint64_t, SchemaPtr> in_order;  // of their commits
  SX_TRY(ports::for_each(state_, prefix, [&](const ports::Entry& entry) -> Result<> {
    SX_TRY_AS(const auto record, within(entry.key, store::decode_lake_schema(entry.value)));
    SX_TRY_AS(auto schema, within(entry.key, schema_from_bytes(record.arrow_schema)));
    SX_TRY_AS(auto key, parse_schema_key(scope_, entry.key));
    in_order.emplace(entry.version, schema);
    table.schemas[std::move(key.schema_id)] = std::move(schema);
    return {};
  }));
  for (const auto& [version, schema] : in_order) {
    if (auto taken = take_schema(table, schema); !taken) {
      log::warn("files of a table contradict each other; the first type of the column stays",
                {{"table", table.facts.name.text()}, {"error", taken.error().message}});
    }
  }
  return {};
}

// The position first: a change that comes meanwhile is then applied once more, which changes
// nothing. All files in one look: of a merge, both sides or none.
Result<> Manifest::read_table(const TableName& name, Table& table) const {
  table.facts.name = name;
  SX_TRY_AS(const auto next, streams_.next_sequence(keys::lake_stream(scope_, name)));
  table.position = next - 1;
  SX_TRY(read_schemas(keys::lake_schema(scope_, name, ""), table));
  SX_TRY_AS(const auto entries, state_.scan(keys::lake_files(scope_, name), "", kAllFiles));
  for (const auto& entry : entries) {
    SX_TRY_AS(auto record, within(entry.key, store::decode_lake_file(entry.value)));
    if (!table.schemas.contains(record.schema_id)) {  // it came after the look at them
      SX_TRY(read_schemas(keys::lake_schema(scope_, name, ""), table));
    }
    const auto schema = table.schemas.find(record.schema_id);
    if (schema == table.schemas.end()) {
      return fail(Code::Corrupt, entry.key + ": its schema " + record.schema_id + " is missing");
    }
    add_file(table, file_of(std::move(record), schema->second));
  }
  return {};
}

// Files keep the pointer by which somebody may hold them.
void Manifest::take_state(Table& table, Table fresh) {
  std::vector<std::string> gone;
  for (const auto& [path, file] : table.files) {
    if (!fresh.files.contains(path)) gone.emplace_back(path);
  }
  for (const auto& path : gone) remove_file(table, path);
  for (const auto& [path, file] : fresh.files) add_file(table, file);
  (void)take_schema(table, fresh.schema);
  table.schemas.merge(fresh.schemas);
  table.position = std::max(table.position, fresh.position);
}

// What is told while the store is read may be newer than what was read, or older: then once more.
Result<> Manifest::refresh(const TableName& name) {
  const auto told_so_far = [&] {
    return tables_.with([&](Tables& tables) {
      auto& table = tables[name];
      table.facts.name = name;
      return table.told;
    });
  };
  for (int i = 0; i < kRefreshesMax; ++i) {
    const auto told = told_so_far();
    Table fresh;
    SX_TRY(read_table(name, fresh));
    const bool taken = tables_.with([&](Tables& tables) {
      auto& table = tables[name];
      if (table.told != told) return false;
      take_state(table, std::move(fresh));
      return true;
    });
    if (taken) return {};
  }
  return fail(Code::Unavailable,
              "table '" + name.text() + "' changes faster than it can be read; try again");
}

Result<std::string> Manifest::put_schema(ports::Batch& batch, const TableName& name,
                                         const SchemaPtr& schema) const {
  auto id = tables_.with([&](const Tables& tables) -> std::string {
    const auto table = tables.find(name);
    if (table == tables.end()) return {};
    const auto known = table->second.ids.find(schema);
    return known == table->second.ids.end() ? std::string() : known->second;
  });
  if (!id.empty()) return id;
  SX_TRY_AS(auto bytes, schema_to_bytes(schema));
  id = schema_id(bytes);
  const bool is_stored = tables_.with([&](const Tables& tables) {
    const auto table = tables.find(name);
    return table != tables.end() && table->second.schemas.contains(id);
  });
  if (is_stored) return id;  // and keeps the version of the commit that brought it
  batch.puts.push_back({.key = keys::lake_schema(scope_, name, id),
                        .value = store::encode(store::LakeSchemaRecord{std::move(bytes)})});
  return id;
}

Result<> Manifest::add_change(ports::Batch& batch, const TableChange& change, Time now) const {
  store::LakeChange record{.added = {}, .removed = {}, .reason = change.reason};
  std::map<SchemaPtr, std::string> ids;
  for (const auto& file : change.files) {
    auto& id = ids[file->schema];
    if (id.empty()) {
      SX_TRY_AS(id, put_schema(batch, change.table, file->schema));
    }
    record.added.push_back(record_of(*file, id, now));
    batch.puts.push_back({.key = keys::lake_file(scope_, change.table, file->path),
                          .value = store::encode(record.added.back())});
  }
  for (const auto& file : change.removed) {
    const auto& path = file.record.path;
    auto key = keys::lake_file(scope_, change.table, path);
    batch.conditions.push_back({.key = key, .version = file.version});
    batch.erases.push_back(std::move(key));
    batch.puts.push_back(
        {.key = keys::lake_removed(scope_, change.table, path),
         .value = store::encode(store::LakeRemovedRecord{.file = file.record, .removed_at = now})});
    record.removed.push_back(file.record);
    record.removed_at = now;
  }
  batch.appends.push_back(
      {.stream = keys::lake_stream(scope_, change.table), .payload = store::encode(record)});
  return {};
}

Result<> Manifest::add_to(ports::Batch& batch, std::span<const TableChange> changes,
                          Time now) const {
  for (const auto& change : changes) {
    auto schema = tables_.with([&](const Tables& tables) {
      const auto table = tables.find(change.table);
      return table == tables.end() ? SchemaPtr{} : table->second.schema;
    });
    for (const auto& file : change.files) {
      SX_TRY_AS(schema, within("table '" + change.table.text() + "'", unite(schema, file->schema)));
    }
    SX_TRY(add_change(batch, change, now));
  }
  return {};
}

void Manifest::committed(std::span<const TableChange> changes,
                         std::span<const std::uint64_t> sequences) {
  SX_CHECK(changes.size() == sequences.size());
  tables_.with([&](Tables& tables) {
    for (std::size_t i = 0; i < changes.size(); ++i) {
      auto& table = tables[changes[i].table];
      table.facts.name = changes[i].table;
      take_change(table, changes[i], sequences[i]);
    }
  });
  const auto listeners = listeners_.with([](const auto& held) { return held; });
  for (const auto& [id, listener] : listeners) {
    for (const auto& change : changes) (*listener)(change);
  }
}

void Manifest::take_change(Table& table, const TableChange& change, std::uint64_t sequence) {
  for (const auto& file : change.files) {
    add_file(table, file);
    (void)take_schema(table, file->schema);
    remember_schema(table, file->schema);
  }
  for (const auto& file : change.removed) remove_file(table, file.record.path);
  ++table.told;
  if (sequence <= table.position) return;  // a refresh was faster
  // What was in doubt is decided before a later commit happens: it lies in the gap before this one,
  // or it never was.
  table.doubtful = sequence != table.position + 1;
  if (!table.doubtful) table.position = sequence;
}

// Now that it is stored, later commits name it by its id.
void Manifest::remember_schema(Table& table, const SchemaPtr& schema) {
  if (table.ids.contains(schema)) return;
  const auto bytes = schema_to_bytes(schema);
  if (!bytes) return;
  const auto id = schema_id(*bytes);
  table.ids[schema] = id;
  table.schemas.try_emplace(id, schema);
}

void Manifest::doubtful(std::span<const TableChange> changes) {
  tables_.with([&](Tables& tables) {
    for (const auto& change : changes) {
      tables[change.table].facts.name = change.table;
      tables[change.table].doubtful = true;
    }
  });
}

// The doubt stays: what is not there yet may come when the store recovers. A look at the stream's
// head is all that it costs.
Result<> Manifest::refresh_doubtful() {
  const auto doubtful = tables_.with([](const Tables& tables) {
    std::vector<std::pair<TableName, std::uint64_t>> positions;
    for (const auto& [name, table] : tables) {
      if (table.doubtful) positions.emplace_back(name, table.position);
    }
    return positions;
  });
  for (const auto& [name, position] : doubtful) {
    SX_TRY_AS(const auto next, streams_.next_sequence(keys::lake_stream(scope_, name)));
    if (next - 1 > position) SX_TRY(refresh(name));
  }
  return {};
}

Result<std::vector<TableFacts>> Manifest::tables() {
  SX_TRY(refresh_doubtful());
  return tables_.with([](Tables& tables) {
    std::vector<TableFacts> facts;
    for (auto& [name, table] : tables) {
      if (table.facts.files == 0) continue;
      measure_span(table);
      facts.push_back(table.facts);
    }
    return facts;
  });
}

std::vector<TableName> Manifest::names() const {
  return tables_.with([](const Tables& tables) {
    std::vector<TableName> names;
    for (const auto& [name, table] : tables) names.push_back(name);
    return names;
  });
}

Result<std::optional<ports::LakeTable>> Manifest::find(const TableName& name) {
  SX_TRY(refresh_doubtful());
  return tables_.with([&](const Tables& tables) -> std::optional<ports::LakeTable> {
    const auto found = tables.find(name);
    if (found == tables.end() || !found->second.schema) return std::nullopt;
    ports::LakeTable table{.name = name.text(), .files = {}, .schema = found->second.schema};
    for (const auto& [path, file] : found->second.files) table.files.push_back(file);
    return table;
  });
}

bool Manifest::is_held(const TableName& name, std::string_view path) {
  return tables_.with([&](Tables& tables) {
    const auto table = tables.find(name);
    if (table == tables.end()) return false;
    auto& removed = table->second.removed;
    const auto found = removed.find(path);
    if (found == removed.end()) return false;
    if (!found->second.expired()) return true;
    removed.erase(found);
    return false;
  });
}

Result<SchemaPtr> Manifest::schema(const TableName& table, std::string_view id) const {
  auto known = tables_.with([&](const Tables& tables) -> SchemaPtr {
    const auto found = tables.find(table);
    if (found == tables.end()) return nullptr;
    const auto schema = found->second.schemas.find(id);
    return schema == found->second.schemas.end() ? nullptr : schema->second;
  });
  if (known) return known;
  SX_TRY_AS(const auto entry, state_.get(keys::lake_schema(scope_, table, id)));
  if (!entry) {
    return fail(Code::Corrupt,
                "table " + table.text() + ": schema " + std::string(id) + " is missing");
  }
  SX_TRY_AS(const auto record, store::decode_lake_schema(entry->value));
  SX_TRY_AS(auto schema, schema_from_bytes(record.arrow_schema));
  tables_.with([&](Tables& tables) { tables[table].schemas[std::string(id)] = schema; });
  return schema;
}

Result<ports::LakeTable> Manifest::load(const TableName& name) const {
  Table table;
  SX_TRY(read_table(name, table));
  ports::LakeTable loaded{.name = name.text(), .files = {}, .schema = table.schema};
  for (auto& [path, file] : table.files) loaded.files.push_back(std::move(file));
  return loaded;
}

Result<std::vector<StoredFile>> Manifest::stored(const TableName& name,
                                                 std::string_view folder) const {
  const auto prefix = keys::lake_file(scope_, name, std::string(folder) + "/");
  std::vector<StoredFile> files;
  SX_TRY_AS(const auto entries, state_.scan(prefix, "", kAllFiles));
  for (const auto& entry : entries) {
    SX_TRY_AS(auto record, within(entry.key, store::decode_lake_file(entry.value)));
    files.push_back({.record = std::move(record), .version = entry.version});
  }
  return files;
}

Result<std::vector<store::LakeRemovedRecord>> Manifest::removed(const TableName& name) const {
  std::vector<store::LakeRemovedRecord> files;
  const auto prefix = keys::lake_removed_from(scope_, name);
  SX_TRY(ports::for_each(state_, prefix, [&](const ports::Entry& entry) -> Result<> {
    SX_TRY_AS(auto record, within(entry.key, store::decode_lake_removed(entry.value)));
    files.push_back(std::move(record));
    return {};
  }));
  return files;
}

Manifest::ListenerId Manifest::on_change(Listener listener) {
  auto held = std::make_shared<const Listener>(std::move(listener));
  return listeners_.with([&](auto& listeners) {
    const ListenerId id = listeners.empty() ? 1 : listeners.rbegin()->first + 1;
    listeners.emplace(id, std::move(held));
    return id;
  });
}

void Manifest::stop_telling(ListenerId id) {
  listeners_.with([&](auto& listeners) { listeners.erase(id); });
}

}  // namespace sextant::lake
