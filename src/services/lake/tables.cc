#include <arrow/type.h>

#include <boost/json.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/encoding.h"
#include "core/json.h"
#include "core/strings.h"
#include "core/time_text.h"
#include "services/lake/handlers.h"
#include "services/lake/table_views.h"
#include "store/system_tables.h"

namespace sextant::services::lake {
namespace {

boost::json::object facts_of(const model::Table& table, const sextant::lake::TableFacts& facts) {
  boost::json::object row{{"Name", table.name.text()},
                          {"DatabaseName", table.database},
                          {"Arn", table.arn},
                          {"Rows", facts.rows},
                          {"FileCount", facts.files},
                          {"Bytes", facts.bytes},
                          {"DuplicateRows", facts.duplicates}};
  if (facts.ts_min) row["From"] = iso8601(*facts.ts_min);
  if (facts.ts_max) row["To"] = iso8601(*facts.ts_max);
  return row;
}

boost::json::object facts_of(const model::Table& table, const TableView& view) {
  return {{"Name", view.view.name},
          {"DatabaseName", table.database},
          {"TableType", "VIRTUAL_VIEW"},
          {"ViewOf", table.name.text()},
          {"Description", view.answers}};
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

bool may_read(const LakeServiceParts& parts, guard::Permit& permit, const model::Table& table) {
  auto read = permit.call();
  read.service = "glue";
  read.operation = "GetTable";
  read.action = "glue:GetTable";
  read.resource = table.arn;
  auto decision = parts.gate.judge(read);
  if (decision.verdict == sdk::Verdict::Allow) return true;
  permit.asked(read, std::move(decision));
  return false;
}

Result<sdk::Output> list_tables(const LakeContext& lake, guard::Permit& permit, const sdk::Input&) {
  SX_TRY_AS(const auto facts, lake.parts.manifest.tables());
  std::map<TableName, sextant::lake::TableFacts> by_name;
  for (const auto& table : facts) by_name[table.name] = table;
  boost::json::array tables;
  boost::json::array views;
  const auto configuration = lake.parts.configuration.current();
  const auto all = store::all_tables(*configuration, lake.parts.scope);
  for (const auto& [name, table] : all) {
    if (!may_read(lake.parts, permit, table)) continue;
    tables.push_back(facts_of(table, by_name[name]));
    for (const auto& view : views_of(table, nullptr, all, lake.parts.views))
      views.push_back(facts_of(table, view));
  }
  sdk::Output output;
  output.result["Tables"] = std::move(tables);
  output.result["Views"] = std::move(views);
  return output;
}

namespace {

// "date DATE, flows BIGINT"
boost::json::array declared_columns(std::string_view declared) {
  boost::json::array columns;
  for (const auto part : split(declared, ',')) {
    const auto column = trim(part);
    const auto end = column.find(' ');
    columns.push_back(
        boost::json::object{{"Name", column.substr(0, end)}, {"Type", column.substr(end + 1)}});
  }
  return columns;
}

boost::json::array columns_of(const LakeContext& lake, const TableName& name,
                              const std::optional<ports::LakeTable>& table) {
  boost::json::array columns;
  const auto known = lake.parts.known_schemas.find(name);
  if (table) {
    add_columns("", table->schema->fields(), columns);
  } else if (known != lake.parts.known_schemas.end()) {
    add_columns("", known->second->fields(), columns);
  }
  return columns;
}

struct FoundView {
  const model::Table& table;
  TableView view;
};

std::optional<FoundView> find_view(const LakeContext& lake,
                                   const std::map<TableName, model::Table>& all,
                                   std::string_view name) {
  for (const auto& [of, table] : all) {
    for (auto& view : views_of(table, nullptr, all, lake.parts.views)) {
      if (view.view.name == name) return FoundView{table, std::move(view)};
    }
  }
  return std::nullopt;
}

Result<sdk::Output> describe_view(const LakeContext& lake, const FoundView& found) {
  const auto& view = found.view.view;
  sdk::Output output;
  output.result = facts_of(found.table, found.view);
  if (view.columns.empty()) {  // the events: what its SQL is depends on the files
    SX_TRY_AS(const auto table, lake.parts.manifest.find(found.table.name));
    output.result["Columns"] = columns_of(lake, found.table.name, table);
  } else {
    output.result["Columns"] = declared_columns(view.columns);
    output.result["ViewOriginalText"] = std::string(trim(view.sql));
  }
  output.result["Files"] = boost::json::array();
  return output;
}

}  // namespace

Result<sdk::Output> describe_table(const LakeContext& lake, guard::Permit& permit,
                                   const sdk::Input& input) {
  const TableName name(json::text_or(input.parameters, "Name"));
  const auto configuration = lake.parts.configuration.current();
  const auto tables = store::all_tables(*configuration, lake.parts.scope);
  const auto declared = tables.find(name);
  // Who may not read it does not learn that it is there.
  if (const auto view = find_view(lake, tables, name.text());
      view && may_read(lake.parts, permit, view->table))
    return describe_view(lake, *view);
  if (declared == tables.end() || !may_read(lake.parts, permit, declared->second)) {
    return fail(Code::NotFound, "there is no table '" + name.text() + "' that you may read",
                "EntityNotFoundException");
  }
  SX_TRY_AS(const auto table, lake.parts.manifest.find(name));
  boost::json::array files;
  if (table) {
    for (const auto& file : table->files) files.push_back(to_json(*file));
  }
  sdk::Output output;
  output.result = {{"Name", name.text()}, {"DatabaseName", declared->second.database}};
  output.result["Columns"] = columns_of(lake, name, table);
  output.result["Files"] = std::move(files);
  return output;
}

}  // namespace sextant::services::lake
