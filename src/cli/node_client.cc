#include "cli/node_client.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <utility>

#include "cli/environment.h"
#include "core/credentials_file.h"
#include "core/file.h"

namespace sextant::cli {
namespace {

Result<sigv4::Credentials> credentials_in(const std::string& file) {
  auto credentials = read_credentials_file(file);
  if (credentials || credentials.error().code != Code::NotFound) return credentials;
  return fail(Code::NotFound, "no credentials in '" + file +
                                  "': is it the data folder (--data) of a node that has started?");
}

std::string default_region(bool names_data) {
  auto region = names_data ? std::string() : environment("AWS_REGION");
  if (region.empty() && !names_data) region = environment("AWS_DEFAULT_REGION");
  return region.empty() ? "us-east-1" : region;
}

}  // namespace

std::string default_data_folder() {
  if (auto folder = environment("SEXTANT_DATA"); !folder.empty()) return folder;
  if (const auto base = environment("XDG_DATA_HOME"); !base.empty()) return base + "/sextant";
  return environment("HOME") + "/.local/share/sextant";
}

void add_node_options(CLI::App& command, NodeOptions& options) {
  options.endpoint = environment("SEXTANT_ENDPOINT");
  if (options.endpoint.empty()) options.endpoint = environment("AWS_ENDPOINT_URL");
  if (options.endpoint.empty()) options.endpoint = "http://127.0.0.1:4566";
  options.data = default_data_folder();
  command.add_option("--endpoint", options.endpoint, "The node's address")->capture_default_str();
  auto* data = command.add_option("--data", options.data,
                                  "The node's data folder; given, its root credentials are used "
                                  "and not the shell's AWS_… variables");
  data->capture_default_str();
  command.add_option("--region", options.region,
                     "Region to sign for (default: AWS_REGION unless --data is given, else "
                     "us-east-1)");
  options.ca_file = environment("AWS_CA_BUNDLE");
  if (options.ca_file.empty()) options.ca_file = environment("SSL_CERT_FILE");
  command
      .add_option("--ca-file", options.ca_file,
                  "Certificates (PEM) to trust under https instead of the system's")
      ->capture_default_str();
  command.add_option("--output", options.output, "text for people, json for programs")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command.parse_complete_callback([&options, data] {
    options.names_data |= data->count() > 0 || !environment("SEXTANT_DATA").empty();
    if (options.region.empty()) options.region = default_region(options.names_data);
  });
}

Result<sigv4::Credentials> find_credentials(const NodeOptions& options) {
  const auto data_file = options.data + "/credentials";
  if (options.names_data) return credentials_in(data_file);
  const auto id = environment("AWS_ACCESS_KEY_ID");
  const auto secret = environment("AWS_SECRET_ACCESS_KEY");
  if (!id.empty() && !secret.empty())
    return sigv4::Credentials{id, secret, environment("AWS_SESSION_TOKEN")};
  auto file = environment("AWS_SHARED_CREDENTIALS_FILE");
  if (file.empty()) file = data_file;
  auto credentials = read_credentials_file(file);
  if (!credentials && credentials.error().code == Code::NotFound) {
    return fail(Code::NotFound,
                "no credentials: neither in the environment (AWS_ACCESS_KEY_ID) nor in '" + file +
                    "'; name the node's data folder with --data");
  }
  return credentials;
}

Result<NodeClient> NodeClient::open(const NodeOptions& options) {
  SX_TRY_AS(const auto url, within("--endpoint", net::parse_url(options.endpoint)));
  if (url.is_tls() && !options.ca_file.empty())
    SX_TRY(within("--ca-file", read_file(options.ca_file)));
  SX_TRY_AS(auto credentials, find_credentials(options));
  SX_TRY_AS(auto client,
            AwsClient::open(
                {.url = options.endpoint, .region = options.region, .ca_file = options.ca_file},
                [credentials = std::move(credentials)] {
                  return Result<sigv4::Credentials>(credentials);
                }));
  return NodeClient(std::move(client));
}

ExitCode report_usage(const Error& error) {
  report(error);
  return ExitCode::Usage;
}

ExitCode report(const Error& error) {
  const auto name = error.name.empty() ? std::string() : " (" + error.name + ")";
  std::fprintf(stderr, "sextant: %s%s\n", error.message.c_str(), name.c_str());
  return error.code == Code::Unavailable ? ExitCode::Unreachable : ExitCode::Failed;
}

}  // namespace sextant::cli
