#include "server/node/node.h"
#include "server/node/memory.h"

#include <pthread.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <csignal>
#include <cstdio>
#include <memory>

#include "cli/node_client.h"
#include "core/json.h"
#include "server/commands/commands.h"

namespace sextant::server {
namespace {

constexpr std::chrono::seconds kDrainTime{30};

struct Arguments {
  NodeOptions node;
  std::string account = "000000000000";
  std::string region = "us-east-1";
  std::string tls_certificate;
  std::string tls_key;
  std::string output = "text";
};

// Blocked in every thread, so that this one can wait for them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

// One line, for whoever waits for it.
void say_ready(const Arguments& arguments, const Node& node) {
  const auto& options = arguments.node;
  if (arguments.output == "json") {
    const boost::json::object ready{{"Endpoint", node.endpoint()}, {"Data", options.data}};
    std::printf("%s\n", json::to_text(ready).c_str());
  } else {
    std::printf("sextant node ready at %s, data in %s\n", node.endpoint().c_str(),
                options.data.c_str());
  }
  std::fflush(stdout);
}

cli::ExitCode run(Arguments arguments) {
  auto& options = arguments.node;
  options.scope = {AccountId(arguments.account), Region(arguments.region)};
  if (!arguments.tls_certificate.empty())
    options.tls = net::TlsFiles{arguments.tls_certificate, arguments.tls_key};
  prepare_memory();
  const auto signals = block_signals();
  auto node = Node::start(options);
  if (!node) {
    cli::report(node.error());
    return node.error().code == Code::Invalid ? cli::ExitCode::Usage : cli::ExitCode::Failed;
  }
  say_ready(arguments, **node);
  int received = 0;
  sigwait(&signals, &received);
  std::fprintf(stderr, "sextant: stopping; a second signal ends it at once\n");
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  (*node)->stop(kDrainTime);
  return cli::ExitCode::Ok;
}

}  // namespace

void add_node(CLI::App& program, cli::ExitCode& exit) {
  auto arguments = std::make_shared<Arguments>();
  arguments->node.data = cli::default_data_folder();
  auto* command = program.add_subcommand("node", "Run a node until it gets SIGTERM or SIGINT");
  auto& options = arguments->node;
  command->add_option("--data", options.data, "Folder of everything that the node keeps")
      ->capture_default_str();
  command->add_option(
      "--files", options.files,
      "Folder of functions' data files, e.g. GeoIP databases (default: <data>/files)");
  command->add_option("--address", options.address, "Address to listen on")->capture_default_str();
  command->add_option("--port", options.port, "Port to listen on; 0 takes a free one")
      ->capture_default_str();
  command->add_option("--account", arguments->account, "Account id")->capture_default_str();
  command->add_option("--region", arguments->region, "Region")->capture_default_str();
  auto* certificate =
      command->add_option("--tls-cert", arguments->tls_certificate, "Certificate chain (PEM)");
  command->add_option("--tls-key", arguments->tls_key, "Private key (PEM)")->needs(certificate);
  certificate->needs("--tls-key");
  command->add_flag("--insecure", options.insecure,
                    "Listen on another address than loopback without TLS");
  command
      ->add_option_function<std::uint32_t>(
          "--readers-window",
          [arguments](std::uint32_t seconds) {
            arguments->node.readers_window = std::chrono::seconds(seconds);
          },
          "Seconds for which files that the lake merged or let expire stay for readers outside")
      ->check(CLI::Range(1, 31'536'000))
      ->default_str("3600");
  // These two are for tests, so not in --help.
  command->add_option("--checkpoint-every", options.checkpoint_every)
      ->check(CLI::Range(2, 1'000'000))
      ->group("");
  command->add_flag("--forget-unsynced", options.forget_unsynced)->group("");
  command->add_option("--workers", options.worker_threads, "Attempts that compute at the same time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_option("--output", arguments->output, "How to say that it is ready: text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->callback([arguments, &exit] { exit = run(*arguments); });
}

}  // namespace sextant::server
