#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/show.h"
#include "cli/text_table.h"

namespace sextant::cli {

void add_functions(CLI::App& program, ExitCode& exit) {
  auto options = std::make_shared<NodeOptions>();
  auto* command = program.add_subcommand("functions", "List the deployed functions");
  add_node_options(*command, *options);
  command->callback([options, &exit] {
    exit = show(*options, "functions", "", [](const boost::json::object& answer) {
      TextTable table({"function", "handler", "timeout", "stack"});
      for (const auto& item : answer.at("Functions").as_array()) {
        const auto& row = item.as_object();
        table.add({cell(row, "FunctionName"), cell(row, "Handler"), cell(row, "Timeout") + " s",
                   cell(row, "Stack")});
      }
      return table.empty() ? std::string("no functions: deploy an app first\n") : table.text();
    });
  });
}

}  // namespace sextant::cli
