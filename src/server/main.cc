#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "core/suggest.h"
#include "server/commands/commands.h"

namespace {

// "unknown command 'statu'; did you mean 'status'?", or "" when that is not what is wrong.
std::string unknown_command(const CLI::App& program) {
  const CLI::App* at = &program;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  const auto rest = at->remaining();
  if (at->get_require_subcommand_min() == 0 || rest.empty() || rest.front().starts_with('-'))
    return {};
  std::vector<std::string_view> known;
  for (const auto* command : at->get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(command->get_name());
  const auto hint = sextant::did_you_mean(rest.front(), known);
  return "unknown command '" + rest.front() + "'; " +
         (hint.empty() ? "the commands are " + sextant::listed(known) : hint);
}

}  // namespace

int main(int argc, char** argv) {
  using sextant::cli::ExitCode;
  CLI::App program("Sextant: a self-hosted serverless platform for security work");
  program.set_version_flag("--version", SEXTANT_VERSION);
  program.require_subcommand(1);
  auto exit = ExitCode::Ok;
  sextant::server::add_node(program, exit);
  sextant::server::add_generate(program, exit);
  sextant::server::add_parse(program, exit);
  sextant::server::add_policy(program, exit);
  sextant::server::add_rotate_master_key(program, exit);
  sextant::cli::add_deploy(program, exit);
  sextant::cli::add_ingest(program, exit);
  sextant::cli::add_intake(program, exit);
  sextant::cli::add_query(program, exit);
  sextant::cli::add_tables(program, exit);
  sextant::cli::add_functions(program, exit);
  sextant::cli::add_status(program, exit);
  sextant::cli::add_deliveries(program, exit);
  sextant::server::add_audit(program, exit);
  sextant::cli::add_env(program, exit);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const auto unknown = error.get_exit_code() == 0 ? std::string() : unknown_command(program);
    if (!unknown.empty()) {
      std::fprintf(stderr, "sextant: %s\n", unknown.c_str());
      return static_cast<int>(ExitCode::Usage);
    }
    return program.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::Usage);
  }
  return static_cast<int>(exit);
}
