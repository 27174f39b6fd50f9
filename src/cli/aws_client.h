#pragma once
// Signed calls to one endpoint that speaks AWS's protocols: a node, or a service of AWS or of
// another S3. Errors of all of them become values in one way.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/sigv4.h"
#include "net/http_client.h"
#include "net/url.h"

namespace sextant::cli {

inline constexpr std::chrono::milliseconds kTimeMax = std::chrono::minutes(5);  // of a call

struct AwsEndpoint {
  std::string url;     // without a path
  std::string region;  // that requests are signed for
  std::string ca_file = {};
};

// One thread at a time.
class AwsClient {
 public:
  using Credentials = std::function<Result<sigv4::Credentials>()>;  // asked before each call

  // Errors: what is wrong with the URL, or with the CA file when it is needed; nothing is sent.
  static Result<AwsClient> open(const AwsEndpoint& endpoint, Credentials credentials);

  struct Call {
    std::string_view service;  // of the signature: "s3", "sextant", "cloudformation"
    std::string method = "GET";
    std::string path = "/";  // percent-encoded
    std::string query = {};
    net::Headers headers = {};
    std::string body = {};
    // A body from elsewhere, with its SHA-256 as hex.
    std::function<std::size_t(char*, std::size_t)> body_reader = nullptr;
    std::uint64_t body_length = 0;
    std::string body_sha256 = {};
    // As net::ClientRequest's.
    std::function<void(std::string_view)> on_body = nullptr;
    std::chrono::milliseconds time_max = kTimeMax;
    std::stop_token stop = {};
  };
  // Any status is a success. Unavailable: nobody answers there. Else: no credentials.
  Result<net::ClientResponse> send(Call call);

  // As send(), but a status of 400 or more is an error, as error_of() makes it.
  Result<net::ClientResponse> call(Call call);

  const std::string& endpoint() const { return endpoint_; }

 protected:
  AwsClient(const AwsEndpoint& endpoint, const net::Url& url, Credentials credentials);

 private:
  std::string endpoint_;
  std::string host_;
  std::string region_;
  std::string ca_file_;
  Credentials credentials_;
  std::unique_ptr<net::HttpClient> http_;
};

// What went wrong, out of whichever shape the service answers in. Denied for 403, NotFound 404,
// Conflict 409 and 412, Exhausted for 429, 5xx and what AWS calls throttling; else Invalid.
Error error_of(const net::ClientResponse& response);

// How long a transfer of so many bytes may take: slow lines are allowed, dead ones are not.
std::chrono::milliseconds transfer_time_max(std::uint64_t bytes);

}  // namespace sextant::cli
