#include "cli/aws_client.h"

#include <boost/json.hpp>
#include <utility>

#include "core/clock.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/xml.h"

namespace sextant::cli {
namespace {

Code code_of(int status) {
  switch (status) {
    case 403: return Code::Denied;
    case 404: return Code::NotFound;
    case 409:
    case 412: return Code::Conflict;
    case 429: return Code::Exhausted;
    default: return status >= 500 && status != 501 ? Code::Exhausted : Code::Invalid;
  }
}

// AWS's JSON protocols say so with status 400.
bool is_throttling(std::string_view name) {
  return name.contains("Throttl") || name.contains("TooManyRequests") || name == "SlowDown";
}

// "com.amazonaws.sqs#QueueDoesNotExist"
std::string without_namespace(const std::string& name) {
  const auto hash = name.find('#');
  return hash == std::string::npos ? name : name.substr(hash + 1);
}

}  // namespace

Error error_of(const net::ClientResponse& response) {
  Error error{.code = code_of(response.status), .message = response.body.substr(0, 2'000)};
  if (response.body.starts_with('{')) {
    const auto value = json::parse(response.body);
    if (value && value->is_object()) {
      error.name = without_namespace(json::text_or(value->get_object(), "__type"));
      error.message = json::text_or(value->get_object(), "message", error.message);
    }
  } else if (const auto root = xml::parse(response.body)) {
    const auto* inner = root->child("Error") != nullptr ? root->child("Error") : &*root;
    error.name = inner->text_of("Code");
    error.message = inner->text_of("Message");
  }
  if (is_throttling(error.name)) error.code = Code::Exhausted;
  if (error.name.starts_with("AccessDenied")) error.code = Code::Denied;
  if (error.message.empty())
    error.message = "the answer was status " + std::to_string(response.status);
  return error;
}

std::chrono::milliseconds transfer_time_max(std::uint64_t bytes) {
  constexpr std::uint64_t kBytesPerMs = 256;  // 256 kB/s
  return kTimeMax + std::chrono::milliseconds(bytes / kBytesPerMs);
}

AwsClient::AwsClient(const AwsEndpoint& endpoint, const net::Url& url, Credentials credentials)
    : endpoint_(url.scheme + "://" + url.authority()),
      host_(url.authority()),
      region_(endpoint.region),
      ca_file_(endpoint.ca_file),
      credentials_(std::move(credentials)),
      http_(std::make_unique<net::HttpClient>()) {}

Result<AwsClient> AwsClient::open(const AwsEndpoint& endpoint, Credentials credentials) {
  SX_TRY_AS(const auto url, net::parse_url(endpoint.url));
  if (url.is_tls() && !endpoint.ca_file.empty())
    SX_TRY(within("CA file", read_file(endpoint.ca_file)));
  return AwsClient(endpoint, url, std::move(credentials));
}

Result<net::ClientResponse> AwsClient::send(Call call) {
  SX_TRY_AS(const auto credentials, credentials_());
  sigv4::SignedRequest signed_request{
      .method = call.method,
      .path = call.path,
      .query = call.query,
      .headers = std::move(call.headers),
      .payload_hash = call.body_reader ? call.body_sha256 : sha256_hex(call.body)};
  signed_request.headers.emplace_back("Host", host_);
  sigv4::sign(credentials, region_, call.service, SystemClock().now(), signed_request);

  net::ClientRequest request;
  request.method = call.method;
  request.url = endpoint_ + call.path + (call.query.empty() ? "" : "?" + call.query);
  request.headers = std::move(signed_request.headers);
  request.body = std::move(call.body);
  request.body_reader = std::move(call.body_reader);
  request.body_length = call.body_length;
  request.on_body = std::move(call.on_body);
  request.time_max = call.time_max;
  request.ca_file = ca_file_;
  request.stop = std::move(call.stop);
  auto response = http_->send(request);
  if (!response && ca_file_.empty() && response.error().message.contains("certificate"))
    response.error().message +=
        "; --ca-file (of a source: --source-ca-file) names whose certificates to trust";
  return response;
}

Result<net::ClientResponse> AwsClient::call(Call call) {
  SX_TRY_AS(auto response, send(std::move(call)));
  if (response.status >= 400) return std::unexpected(error_of(response));
  return response;
}

}  // namespace sextant::cli
