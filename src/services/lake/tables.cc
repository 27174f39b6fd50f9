#include <arrow/type.h>

#include <boost/json.hpp>
#include <map>

#include "core/encoding.h"
#include "core/json.h"
#include "core/time_text.h"
#include "services/lake/event_view.h"
#include "services/lake/handlers.h"
#include "store/system_tables.h"

namespace sextant::services::lake {
namespace {

boost::json::object facts_of(const model::Table& table, const sextant::lake::TableFacts& facts) {
  boost::json::object row{{"Name", table.name.text()}, {"DatabaseName", table.database},
                          {"Arn", table.arn},          {"Rows", facts.rows},
                          {"FileCount", facts.files},  {"Bytes", facts.bytes}};
  if (facts.ts_min) row["From"] = iso8601(*facts.ts_min);
  if (facts.ts_max) row["To"] = iso8601(*facts.ts_max);
  return row;
}

// Nested columns by their dotted names, as SQL takes them.
void add_columns(const std::string& prefix, const arrow::FieldVector& fields,
                 boost::json::array& columns) {
  for (const auto& field : fields) {
    const auto name = prefix + field->name();
    if (field->type()->id() == arrow::Type::STRUCT) {
      add_columns(name + ".", field->type()->fields(), columns);
    } else {
      columns.push_back(boost::json::object{{"Name", name}, {"Type", field->type()->ToString()}});
    }
  }
}

boost::json::object to_json(const ports::LakeFile& file) {
  boost::json::object row{
      {"Path", file.path},
      {"Rows", file.rows},
      {"Bytes", file.size},
      {"Sha256", hex({reinterpret_cast<const char*>(file.sha256.data()), file.sha256.size()})}};
  if (file.ts_min) row["From"] = iso8601(*file.ts_min);
  if (file.ts_max) row["To"] = iso8601(*file.ts_max);
  return row;
}

}  // namespace

bool may_read(const LakeServiceParts& parts, const sdk::Call& call, const model::Table& table) {
  auto read = call;
  read.service = "glue";
  read.operation = "GetTable";
  read.action = "glue:GetTable";
  read.resource = table.arn;
  return parts.gate.judge(read).verdict == sdk::Verdict::Allow;
}

Result<sdk::Output> list_tables(const LakeContext& lake, const sdk::Call& call, const sdk::Input&) {
  SX_TRY_AS(const auto facts, lake.parts.manifest.tables());
  std::map<TableName, sextant::lake::TableFacts> by_name;
  for (const auto& table : facts) by_name[table.name] = table;
  boost::json::array tables;
  const auto configuration = lake.parts.configuration.current();
  const auto all = store::all_tables(*configuration, lake.parts.scope);
  for (const auto& [name, table] : all) {
    if (!may_read(lake.parts, call, table)) continue;
    tables.push_back(facts_of(table, by_name[name]));
    const auto view = event_view_name(table);
    if (!view || all.contains(TableName(*view))) continue;
    tables.push_back(boost::json::object{{"Name", *view},
                                         {"DatabaseName", table.database},
                                         {"TableType", "VIRTUAL_VIEW"},
                                         {"ViewOf", name.text()}});
  }
  sdk::Output output;
  output.result["Tables"] = std::move(tables);
  return output;
}

Result<sdk::Output> describe_table(const LakeContext& lake, const sdk::Call& call,
                                   const sdk::Input& input) {
  const TableName name(json::text_or(input.parameters, "Name"));
  const auto configuration = lake.parts.configuration.current();
  const auto tables = store::all_tables(*configuration, lake.parts.scope);
  const auto declared = tables.find(name);
  // Who may not read it does not learn that it is there.
  if (declared == tables.end() || !may_read(lake.parts, call, declared->second)) {
    return fail(Code::NotFound, "there is no table '" + name.text() + "' that you may read",
                "EntityNotFoundException");
  }
  SX_TRY_AS(const auto table, lake.parts.manifest.find(name));
  boost::json::array columns;
  boost::json::array files;
  if (table) {
    add_columns("", table->schema->fields(), columns);
    for (const auto& file : table->files) files.push_back(to_json(*file));
  } else if (const auto known = lake.parts.known_schemas.find(name);
             known != lake.parts.known_schemas.end()) {
    add_columns("", known->second->fields(), columns);
  }
  sdk::Output output;
  output.result = {{"Name", name.text()}, {"DatabaseName", declared->second.database}};
  output.result["Columns"] = std::move(columns);
  output.result["Files"] = std::move(files);
  return output;
}

}  // namespace sextant::services::lake
