#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "adapters/embedded/posix_disk.h"
#include "adapters/embedded/store.h"
#include "cli/node_client.h"
#include "core/clock.h"
#include "guard/keys/credential_store.h"
#include "guard/keys/node_keys.h"
#include "server/commands/commands.h"

namespace sextant::server {
namespace {

// The store's own lock keeps it from running beside a node.
Result<> rotate(const std::filesystem::path& data) {
  const auto kept = data / "store";
  if (!std::filesystem::exists(kept))
    return fail(Code::NotFound, "'" + data.string() + "' holds no data of a node (--data)");
  const SystemClock clock;
  adapters::PosixDisk disk;
  SX_TRY_AS(const auto store, adapters::EmbeddedStore::open(kept, {.clock = clock, .disk = disk}));
  return guard::rotate_master_key(data / guard::kMasterKeyFile, *store, *store);
}

}  // namespace

void add_rotate_master_key(CLI::App& program, cli::ExitCode& exit) {
  struct Options {
    std::string data = cli::default_data_folder();
    std::string output = "text";
  };
  auto options = std::make_shared<Options>();
  auto* command = program.add_subcommand(
      "rotate-master-key", "Give a stopped node a new master key; what it seals stays readable");
  command->add_option("--data", options->data, "The node's data folder")->capture_default_str();
  command->add_option("--output", options->output, "text for people, json for programs")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->callback([options, &exit] {
    if (const auto rotated = rotate(options->data); !rotated) {
      cli::report(rotated.error());
      exit = cli::ExitCode::Failed;
      return;
    }
    std::puts(options->output == "json" ? R"({"MasterKey":"new"})" : "master.key is a new one");
  });
}

}  // namespace sextant::server
