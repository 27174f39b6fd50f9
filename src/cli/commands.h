#pragma once
// The commands that talk to a node; each adds itself to the program and sets `exit` when it ran.
#include "cli/exit_code.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace sextant::cli {

void add_deploy(CLI::App& program, ExitCode& exit);
void add_ingest(CLI::App& program, ExitCode& exit);
void add_intake(CLI::App& program, ExitCode& exit);
void add_query(CLI::App& program, ExitCode& exit);
void add_tables(CLI::App& program, ExitCode& exit);
void add_functions(CLI::App& program, ExitCode& exit);
void add_status(CLI::App& program, ExitCode& exit);
void add_deliveries(CLI::App& program, ExitCode& exit);
void add_env(CLI::App& program, ExitCode& exit);

}  // namespace sextant::cli
