#pragma once
// The commands that run in this process instead of asking a node, or that need more than its word.
#include "cli/exit_code.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace sextant::server {

void add_node(CLI::App& program, cli::ExitCode& exit);
void add_generate(CLI::App& program, cli::ExitCode& exit);
void add_parse(CLI::App& program, cli::ExitCode& exit);
void add_policy(CLI::App& program, cli::ExitCode& exit);
void add_audit(CLI::App& program, cli::ExitCode& exit);
void add_rotate_master_key(CLI::App& program, cli::ExitCode& exit);

}  // namespace sextant::server
