#include "cli/node_client.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "core/clock.h"
#include "core/credentials_file.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/xml.h"

namespace sextant::cli {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// What went wrong, out of whichever shape the service answers in.
Error error_of(const net::ClientResponse& response) {
  Error error{.code = Code::Invalid, .message = response.body.substr(0, 2'000), .name = {}};
  if (response.status == 403) error.code = Code::Denied;
  if (response.status == 404) error.code = Code::NotFound;
  if (response.status == 409) error.code = Code::Conflict;
  if (response.status == 503) error.code = Code::Exhausted;
  if (response.body.starts_with('{')) {
    const auto value = json::parse(response.body);
    if (value && value->is_object()) {
      error.name = json::text_or(value->get_object(), "__type");
      error.message = json::text_or(value->get_object(), "message", error.message);
    }
  } else if (const auto root = xml::parse(response.body)) {
    const auto* inner = root->child("Error") != nullptr ? root->child("Error") : &*root;
    error.name = inner->text_of("Code");
    error.message = inner->text_of("Message");
  }
  if (error.message.empty())
    error.message = "the node answered with status " + std::to_string(response.status);
  return error;
}

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

NodeClient::NodeClient(const NodeOptions& options, const net::Url& url,
                       sigv4::Credentials credentials)
    : endpoint_(url.scheme + "://" + url.authority()),
      host_(url.authority()),
      region_(options.region),
      ca_file_(options.ca_file),
      credentials_(std::move(credentials)),
      http_(std::make_unique<net::HttpClient>()) {}

Result<NodeClient> NodeClient::open(const NodeOptions& options) {
  SX_TRY_AS(const auto url, within("--endpoint", net::parse_url(options.endpoint)));
  if (url.is_tls() && !options.ca_file.empty()) {
    SX_TRY(within("--ca-file", read_file(options.ca_file)));
  }
  SX_TRY_AS(auto credentials, find_credentials(options));
  return NodeClient(options, url, std::move(credentials));
}

Result<net::ClientResponse> NodeClient::send(Call call) {
  sigv4::SignedRequest signed_request{
      .method = call.method,
      .path = call.path,
      .query = call.query,
      .headers = std::move(call.headers),
      .payload_hash = call.body_reader ? call.body_sha256 : sha256_hex(call.body)};
  signed_request.headers.emplace_back("Host", host_);
  sigv4::sign(credentials_, region_, call.service, SystemClock().now(), signed_request);

  net::ClientRequest request;
  request.method = call.method;
  request.url = endpoint_ + call.path + (call.query.empty() ? "" : "?" + call.query);
  request.headers = std::move(signed_request.headers);
  request.body = std::move(call.body);
  request.body_reader = std::move(call.body_reader);
  request.body_length = call.body_length;
  request.ca_file = ca_file_;
  auto response = http_->send(request);
  if (!response && ca_file_.empty() && response.error().message.contains("certificate"))
    response.error().message += "; --ca-file names whose certificates to trust";
  return response;
}

Result<net::ClientResponse> NodeClient::call(Call call) {
  SX_TRY_AS(auto response, send(std::move(call)));
  if (response.status >= 400) return std::unexpected(error_of(response));
  return response;
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
