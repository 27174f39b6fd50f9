// AWS::Glue::Database, AWS::Glue::Table: the tables of the lake.
#include <algorithm>

#include "core/strings.h"
#include "core/suggest.h"
#include "model/table_settings.h"
#include "template/resource_types.h"

namespace sextant::templates {
namespace {

constexpr std::string_view kLakeDecides =
    "leave it out: the lake keeps tables as Parquet, partitioned by the date and hour of each "
    "event";

const std::vector<std::string_view> kPlainTypes = {"string", "boolean",   "tinyint", "smallint",
                                                   "int",    "integer",   "bigint",  "float",
                                                   "double", "timestamp", "date",    "binary"};

bool known_type(std::string_view type) {
  if (std::ranges::find(kPlainTypes, type) != kPlainTypes.end()) return true;
  for (const std::string_view nested : {"array<", "map<", "struct<"}) {
    if (type.starts_with(nested) && type.ends_with('>')) return true;
  }
  return (type.starts_with("decimal(") || type.starts_with("varchar(") ||
          type.starts_with("char(")) &&
         type.ends_with(')');
}

void check_catalog(AppBuilder& builder, Properties& properties) {
  const auto catalog = properties.required_text("CatalogId");
  const auto& account = builder.names().scope.account.text();
  if (catalog && *catalog != account) {
    properties.report("CatalogId", "'CatalogId' is '" + *catalog + "', which is not this account",
                      "use !Ref AWS::AccountId");
  }
}

model::Column read_column(const Node& node, const std::string& owner, Diagnostics& diagnostics) {
  Properties column(node, "a column of " + owner, diagnostics);
  model::Column result{.name = column.required_text("Name").value_or(""),
                       .type = column.required_text("Type").value_or("")};
  column.text("Comment");
  column.finish();
  if (!result.type.empty() && !known_type(result.type)) {
    std::string hint = did_you_mean(result.type, kPlainTypes);
    if (hint.empty()) hint = "use " + one_of(kPlainTypes) + ", or array<>, map<>, struct<>";
    column.report("Type", "unknown column type '" + result.type + "'", std::move(hint));
  }
  return result;
}

std::vector<model::Column> read_columns(Properties& input) {
  std::vector<model::Column> columns;
  const auto* node = input.map("StorageDescriptor");
  if (node == nullptr) return columns;
  Properties storage(*node, "StorageDescriptor", input.diagnostics());
  for (const auto* name : {"Location", "InputFormat", "OutputFormat", "SerdeInfo", "Compressed",
                           "NumberOfBuckets", "BucketColumns", "SortColumns"}) {
    storage.refuse(name, kLakeDecides);
  }
  if (const auto* list = storage.list("Columns")) {
    for (const auto& item : list->items) {
      auto column = read_column(item, input.owner(), input.diagnostics());
      if (std::ranges::find(columns, column.name, &model::Column::name) != columns.end())
        input.diagnostics().add(item.at, "two columns are named '" + column.name + "'");
      columns.push_back(std::move(column));
    }
  }
  storage.finish();
  return columns;
}

// The view of events numbers the rows of each file, and the engine has one name for that.
void check_unique(Properties& values, const std::string& name, const std::string& value,
                  const std::vector<model::Column>& table) {
  if (const auto columns = model::parse_unique(value); !columns)
    values.report(name, columns.error().message, "give columns with commas between");
  for (const auto& column : table) {
    if (!iequals(column.name, "file_row_number")) continue;
    values.report(name, "'" + name + "' does not go with a column '" + column.name + "'",
                  "give the column another name");
  }
}

void check_settings(Properties& values, const std::map<std::string, std::string>& parameters,
                    const std::vector<model::Column>& columns) {
  for (const auto& [name, value] : parameters) {
    if (name == model::kRetentionParameter) {
      if (const auto days = model::parse_retention(value); !days)
        values.report(name, days.error().message, "leave it out to keep rows for good");
    } else if (name == model::kUniqueParameter) {
      check_unique(values, name, value, columns);
    }
  }
}

std::map<std::string, std::string> read_table_parameters(
    Properties& input, const std::vector<model::Column>& columns) {
  std::map<std::string, std::string> parameters;
  const auto* node = input.map("Parameters");
  if (node == nullptr) return parameters;
  Properties values(*node, "Parameters of " + input.owner(), input.diagnostics());
  for (const auto& member : node->members) {
    if (const auto value = values.text(member.name)) parameters[member.name] = *value;
  }
  check_settings(values, parameters, columns);
  return parameters;
}

void read_table_input(AppBuilder& builder, const Resource& resource, Properties& properties,
                      model::Table& table) {
  properties.require("TableInput");
  const auto* node = properties.map("TableInput");
  if (node == nullptr) return;
  Properties input(*node, "TableInput of " + properties.owner(), properties.diagnostics());
  input.required_text("Name");
  const std::string name = builder.name_of(resource);
  check_name_rule(input, "Name", name, lake_name_problem(name));
  table.name = TableName(name);
  input.text("Description");
  const auto type = input.text("TableType");
  if (type && *type != "EXTERNAL_TABLE") {
    input.report("TableType", "'TableType' is '" + *type + "'",
                 "tables are EXTERNAL_TABLE, or leave it out");
  }
  input.refuse("PartitionKeys", kLakeDecides);
  table.columns = read_columns(input);
  table.parameters = read_table_parameters(input, table.columns);
  input.finish();
}

}  // namespace

void read_database(AppBuilder& builder, const Resource& resource, Properties& properties) {
  check_catalog(builder, properties);
  properties.require("DatabaseInput");
  const auto* node = properties.map("DatabaseInput");
  if (node == nullptr) return;
  Properties input(*node, "DatabaseInput of " + properties.owner(), properties.diagnostics());
  input.required_text("Name");
  input.text("Description");
  input.refuse("LocationUri", kLakeDecides);
  const std::string name = builder.name_of(resource);
  check_name_rule(input, "Name", name, lake_name_problem(name));
  input.finish();
  model::Database database{.name = name,
                           .arn = builder.names().database_arn(name),
                           .logical_id = resource.logical_id,
                           .position = builder.position(resource.at)};
  add_unique(builder, builder.app().databases, name, std::move(database), resource, "database");
}

void read_table(AppBuilder& builder, const Resource& resource, Properties& properties) {
  check_catalog(builder, properties);
  model::Table table;
  table.database = properties.required_text("DatabaseName").value_or("");
  read_table_input(builder, resource, properties, table);
  table.arn = builder.names().table_arn(table.database, table.name.text());
  table.retained = resource.retained;
  table.logical_id = resource.logical_id;
  table.position = builder.position(resource.at);
  const std::string key = table.name.text();
  if (!key.empty())
    add_unique(builder, builder.app().tables, key, std::move(table), resource, "table");
}

}  // namespace sextant::templates
