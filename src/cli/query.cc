#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/node_client.h"
#include "cli/text_table.h"
#include "core/file.h"
#include "core/json.h"

namespace sextant::cli {
namespace {

struct QueryOptions {
  NodeOptions node;
  std::string sql;
  std::string sql_file;
  std::string format = "table";
  std::string to;
};

std::string cell_of(const json::Value& value) {
  if (value.is_null()) return "";
  return value.is_string() ? std::string(value.get_string()) : json::to_text(value);
}

// The node answers with an array of objects that all have the same members in the same order.
Result<std::string> as_table(const std::string& text) {
  SX_TRY_AS(const auto value, json::parse(text));
  if (!value.is_array()) return fail(Code::Corrupt, "the node's answer is not a list of rows");
  const auto& rows = value.get_array();
  if (rows.empty()) return std::string("no rows\n");
  std::vector<std::string> header;
  for (const auto& member : rows.front().get_object()) header.emplace_back(member.key());
  TextTable table(std::move(header));
  for (const auto& row : rows) {
    std::vector<std::string> cells;
    for (const auto& member : row.get_object()) cells.push_back(cell_of(member.value()));
    table.add(std::move(cells));
  }
  return table.text();
}

Result<std::string> sql_of(const QueryOptions& options) {
  return options.sql_file.empty() ? options.sql : read_file(options.sql_file);
}

Result<std::string> fetch(NodeClient& client, const QueryOptions& options, const std::string& sql) {
  const boost::json::object request{
      {"sql", sql}, {"format", options.format == "table" ? "json" : options.format}};
  SX_TRY_AS(auto response, client.call({.service = "sextant",
                                        .method = "POST",
                                        .path = "/_sextant/query",
                                        .headers = {{"Content-Type", "application/json"}},
                                        .body = json::to_text(request)}));
  if (options.format == "table") return as_table(response.body);
  return std::move(response.body);
}

bool is_binary(const std::string& format) { return format == "parquet" || format == "arrow"; }

ExitCode run(const QueryOptions& options) {
  if (options.sql.empty() == options.sql_file.empty()) {
    std::fprintf(stderr, "sextant: give either the SQL text or --file\n");
    return ExitCode::Usage;
  }
  if (is_binary(options.format) && options.to.empty() && ::isatty(STDOUT_FILENO) != 0) {
    std::fprintf(stderr,
                 "sextant: %s is not for a terminal: name a file with --to rows.%s, or redirect\n",
                 options.format.c_str(), options.format.c_str());
    return ExitCode::Usage;
  }
  const auto sql = sql_of(options);
  if (!sql) return report_usage(sql.error());
  auto client = NodeClient::open(options.node);
  if (!client) return report_usage(client.error());
  auto text = fetch(*client, options, *sql);
  if (!text) return report(text.error());
  if (options.to.empty()) {
    std::fwrite(text->data(), 1, text->size(), stdout);
    return ExitCode::Ok;
  }
  if (auto written = write_file_atomic(options.to, *text); !written)
    return report_usage(written.error());
  return ExitCode::Ok;
}

}  // namespace

void add_query(CLI::App& program, ExitCode& exit) {
  auto options = std::make_shared<QueryOptions>();
  auto* command = program.add_subcommand("query", "Run SQL over the lake's tables");
  command->add_option("sql", options->sql, "One SELECT, e.g. \"select count(*) from alb\"");
  command->add_option("--file", options->sql_file, "Read the SQL from a file")
      ->check(CLI::ExistingFile);
  command->add_option("-f,--format", options->format, "How to show the rows")
      ->check(CLI::IsMember({"table", "json", "ndjson", "csv", "parquet", "arrow"}))
      ->capture_default_str();
  command->add_option("--to", options->to, "Write the rows into this file")
      ->check([](const std::string& file) {
        const auto folder = std::filesystem::absolute(file).parent_path();
        return std::filesystem::is_directory(folder)
                   ? std::string()
                   : "there is no folder '" + folder.string() + "'";
      });
  add_node_options(*command, options->node);
  command->callback([options, &exit] {
    if (options->node.json() && options->format == "table") options->format = "json";
    exit = run(*options);
  });
}

}  // namespace sextant::cli
