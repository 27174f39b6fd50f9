#include "server/commands/policy_command.h"

#include <CLI/CLI.hpp>

#include "server/commands/commands.h"

namespace sextant::server {

void add_policy(CLI::App& program, cli::ExitCode& exit) {
  auto* command = program.add_subcommand(
      "policy", "Check policies, and ask what they would allow, without a node");
  command->require_subcommand(1);
  add_policy_check(*command, exit);
  add_policy_simulate(*command, exit);
  add_policy_explain(*command, exit);
}

}  // namespace sextant::server
