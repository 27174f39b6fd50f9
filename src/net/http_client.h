#pragma once
// A small blocking HTTP client over libcurl, for the command line and tests: one call, whole body
// in memory or streamed from and to files.
#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/result.h"
#include "net/http.h"

namespace sextant::net {

struct ClientRequest {
  std::string method = "GET";
  std::string url;
  Headers headers = {};
  std::string body = {};
  // Instead of `body`: asked for the next bytes until it returns none; body_length says how many in
  // all.
  std::function<std::size_t(char* into, std::size_t room)> body_reader = nullptr;
  std::uint64_t body_length = 0;
  // Instead of ClientResponse::body: gets the bytes as they come.
  std::function<void(std::string_view)> on_body = nullptr;
  std::chrono::milliseconds time_max{300'000};
  std::string ca_file = {};   // PEM; whom to trust under https instead of the system's list
  std::stop_token stop = {};  // ends the call early, within about a second: Unavailable
};

struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;
};

// Keeps connections open between calls. One thread at a time.
class HttpClient {
 public:
  HttpClient();
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  // Any status is a success. Errors: Unavailable (no connection, broken off, too slow), Invalid
  // (the URL).
  Result<ClientResponse> send(const ClientRequest& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sextant::net
