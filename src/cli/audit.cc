#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/show.h"
#include "core/json.h"

namespace sextant::cli {
namespace {

ExitCode verify(const NodeOptions& options) {
  auto client = NodeClient::open(options);
  if (!client) return report_usage(client.error());
  const auto answer = get_json(*client, "audit/verify");
  if (!answer) return report(answer.error());
  const auto* intact = json::find(*answer, "Intact");
  const bool good = intact != nullptr && intact->is_bool() && intact->get_bool();
  if (options.json()) {
    std::printf("%s\n", json::to_text(*answer).c_str());
  } else if (good) {
    std::printf("audit log intact: %s records, last sequence %s, chain %s\n",
                cell(*answer, "Records").c_str(), cell(*answer, "LastSequence").c_str(),
                cell(*answer, "LastChain").c_str());
  } else {
    std::printf("audit log DAMAGED at sequence %s: %s\n", cell(*answer, "BrokenAt").c_str(),
                cell(*answer, "Reason").c_str());
  }
  return good ? ExitCode::Ok : ExitCode::Damaged;
}

}  // namespace

void add_audit(CLI::App& program, ExitCode& exit) {
  auto* audit = program.add_subcommand("audit", "The audit log");
  audit->require_subcommand(1);
  auto options = std::make_shared<NodeOptions>();
  auto* command = audit->add_subcommand(
      "verify", "Check the hash chain: finds a changed, removed or reordered record");
  add_node_options(*command, *options);
  command->callback([options, &exit] { exit = verify(*options); });
}

}  // namespace sextant::cli
