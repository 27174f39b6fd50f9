#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/node_client.h"
#include "core/json.h"

namespace sextant::cli {
namespace {

ExitCode run(const NodeOptions& options) {
  const auto credentials = find_credentials(options);
  if (!credentials) return report_usage(credentials.error());
  std::vector<std::pair<const char*, std::string>> variables = {
      {"AWS_ENDPOINT_URL", options.endpoint},
      {"AWS_ACCESS_KEY_ID", credentials->access_key_id},
      {"AWS_SECRET_ACCESS_KEY", credentials->secret_access_key},
      {"AWS_REGION", options.region},
      {"AWS_DEFAULT_REGION", options.region}};
  if (!options.ca_file.empty()) variables.emplace_back("AWS_CA_BUNDLE", options.ca_file);
  boost::json::object object;
  for (const auto& [name, value] : variables) {
    object[name] = value;
    if (!options.json()) std::printf("export %s='%s'\n", name, value.c_str());
  }
  if (options.json()) std::printf("%s\n", json::to_text(object).c_str());
  return ExitCode::Ok;
}

}  // namespace

void add_env(CLI::App& program, ExitCode& exit) {
  auto options = std::make_shared<NodeOptions>();
  auto* command =
      program.add_subcommand("env", "Print AWS variables for this node: eval \"$(sextant env)\"");
  add_node_options(*command, *options);
  command->callback([options, &exit] { exit = run(*options); });
}

}  // namespace sextant::cli
