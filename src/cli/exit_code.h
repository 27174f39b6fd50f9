#pragma once
// What a command's exit code tells a script. docs/guide/command-line.md lists them.
namespace sextant::cli {

enum class ExitCode : int {
  Ok = 0,
  Failed = 1,       // the node refused or could not
  Usage = 2,        // the command line, or a file given to it, is wrong
  Unreachable = 3,  // no node answered at the endpoint
  Damaged = 4,      // the audit log is not as it was written
};

}  // namespace sextant::cli
