#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/show.h"
#include "cli/text_table.h"
#include "core/encoding.h"
#include "core/json.h"

namespace sextant::cli {
namespace {

struct TablesOptions {
  NodeOptions node;
  std::string describe;
  std::string files;
};

std::string bytes_cell(const boost::json::object& row) {
  const auto* bytes = json::find(row, "Bytes");
  return bytes == nullptr ? "" : human_bytes(bytes->to_number<double>());
}

std::string list_text(const boost::json::object& answer) {
  TextTable table(
      {"table", "database", "rows", "duplicates left out", "files", "size", "from", "to"});
  for (const auto& item : answer.at("Tables").as_array()) {
    const auto& row = item.as_object();
    table.add({cell(row, "Name"), cell(row, "DatabaseName"), cell(row, "Rows"),
               cell(row, "DuplicateRows"), cell(row, "FileCount"), bytes_cell(row),
               cell(row, "From"), cell(row, "To")});
  }
  if (table.empty()) return "no tables: deploy an app that declares some\n";
  TextTable views({"view", "of", "answers"});
  for (const auto& item : answer.at("Views").as_array()) {
    const auto& row = item.as_object();
    views.add({cell(row, "Name"), cell(row, "ViewOf"), cell(row, "Description")});
  }
  return table.text() + (views.empty() ? "" : "\n" + views.text());
}

std::string columns_text(const boost::json::object& answer) {
  TextTable table({"column", "type"});
  for (const auto& item : answer.at("Columns").as_array()) {
    table.add({cell(item.as_object(), "Name"), cell(item.as_object(), "Type")});
  }
  const auto sql = cell(answer, "ViewOriginalText");
  return (table.empty() ? "no rows have landed in it yet: its columns are not known\n"
                        : table.text()) +
         (sql.empty() ? "" : "\n" + sql + "\n");
}

std::string files_text(const boost::json::object& answer) {
  TextTable table({"file", "rows", "size", "from", "to", "sha256"});
  for (const auto& item : answer.at("Files").as_array()) {
    const auto& row = item.as_object();
    table.add({cell(row, "Path"), cell(row, "Rows"), bytes_cell(row), cell(row, "From"),
               cell(row, "To"), cell(row, "Sha256")});
  }
  return table.empty() ? "no files\n" : table.text();
}

}  // namespace

void add_tables(CLI::App& program, ExitCode& exit) {
  auto options = std::make_shared<TablesOptions>();
  auto* command = program.add_subcommand("tables", "List the lake's tables, or describe one");
  auto* describe =
      command->add_option("--describe", options->describe, "Show this table's columns");
  command->add_option("--files", options->files, "Show this table's files")->excludes(describe);
  add_node_options(*command, options->node);
  command->callback([options, &exit] {
    const auto& name = options->files.empty() ? options->describe : options->files;
    const auto path = name.empty() ? "tables" : "tables/" + uri_encode(name);
    exit = show(options->node, path, "",
                name.empty()             ? list_text
                : options->files.empty() ? columns_text
                                         : files_text);
  });
}

}  // namespace sextant::cli
