#pragma once
// `sextant policy check|simulate|explain`: on files, without a node.
#include "cli/exit_code.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace sextant::server {

void add_policy_check(CLI::App& command, cli::ExitCode& exit);
void add_policy_simulate(CLI::App& command, cli::ExitCode& exit);
void add_policy_explain(CLI::App& command, cli::ExitCode& exit);

}  // namespace sextant::server
