#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/node_client.h"
#include "core/clock.h"
#include "core/json.h"

namespace sextant::cli {
namespace {

constexpr std::chrono::seconds kWaitMax{60};

struct EnvOptions {
  NodeOptions node;
  bool wait = false;
};

Result<> wait_until_ready(const NodeOptions& options) {
  constexpr std::chrono::milliseconds kPause{50};
  const net::ClientRequest question{.url = options.endpoint + "/_sextant/ready",
                                    .time_max = std::chrono::seconds(5),
                                    .ca_file = options.ca_file};
  net::HttpClient client;
  SystemClock clock;
  const auto ends = clock.now() + kWaitMax;
  for (;;) {
    const auto answer = client.send(question);
    if (answer && answer->status == 200) return {};
    if (!answer && answer.error().code == Code::Invalid)
      return within("--endpoint", Result<>(std::unexpected(answer.error())));
    if (clock.now() >= ends) {
      return fail(Code::Unavailable, "no node is ready at " + options.endpoint + " after " +
                                         std::to_string(kWaitMax.count()) + " s");
    }
    clock.wait_until(clock.now() + kPause, {});
  }
}

ExitCode run(const EnvOptions& given) {
  if (given.wait) {
    if (const auto ready = wait_until_ready(given.node); !ready) return report(ready.error());
  }
  const auto& options = given.node;
  const auto credentials = find_credentials(options);
  if (!credentials) return report_usage(credentials.error());
  std::vector<std::pair<const char*, std::string>> variables = {
      {"AWS_ENDPOINT_URL", options.endpoint},
      {"AWS_ACCESS_KEY_ID", credentials->access_key_id},
      {"AWS_SECRET_ACCESS_KEY", credentials->secret_access_key},
      {"AWS_REGION", options.region},
      {"AWS_DEFAULT_REGION", options.region}};
  if (!options.ca_file.empty()) variables.emplace_back("AWS_CA_BUNDLE", options.ca_file);
  // A token that the shell has from elsewhere would go with every request.
  if (!options.json()) std::printf("unset AWS_SESSION_TOKEN\n");
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
  auto options = std::make_shared<EnvOptions>();
  auto* command =
      program.add_subcommand("env", "Print AWS variables for this node: eval \"$(sextant env)\"");
  command->add_flag("--wait", options->wait, "First wait until the node is ready");
  options->node.names_data = true;  // this node's keys and region, whatever the shell has
  add_node_options(*command, options->node);
  command->callback([options, &exit] { exit = run(*options); });
}

}  // namespace sextant::cli
