#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/commands.h"
#include "core/log.h"
#include "server/commands/commands.h"

int main(int argc, char** argv) {
  using sextant::cli::ExitCode;
  CLI::App program("Sextant: a self-hosted serverless platform for security work");
  program.set_version_flag("--version", SEXTANT_VERSION);
  program.require_subcommand(1);
  bool verbose = false;
  program.add_flag("-v,--verbose", verbose, "Log more");
  program.parse_complete_callback([&verbose] {
    if (verbose) sextant::log::set_level(sextant::log::Level::Debug);
  });
  auto exit = ExitCode::Ok;
  sextant::server::add_node(program, exit);
  sextant::server::add_generate(program, exit);
  sextant::cli::add_deploy(program, exit);
  sextant::cli::add_ingest(program, exit);
  sextant::cli::add_query(program, exit);
  sextant::cli::add_tables(program, exit);
  sextant::cli::add_functions(program, exit);
  sextant::cli::add_status(program, exit);
  sextant::cli::add_deliveries(program, exit);
  sextant::cli::add_audit(program, exit);
  sextant::cli::add_env(program, exit);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::Usage);
  }
  return static_cast<int>(exit);
}
