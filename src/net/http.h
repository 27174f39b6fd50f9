#pragma once
// HTTP messages as handlers see them: parsed, framed and limited by the server, bodies as streams.
// RFC 9110, RFC 9112.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/body.h"

namespace sextant::net {

// In the order and spelling received; a name may repeat. Names are compared without case.
using Headers = std::vector<std::pair<std::string, std::string>>;

// The first value of that name, or nullopt.
std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);

struct Request {
  std::string method;
  std::string target;  // as sent: path and query, percent-encoded
  Headers headers;
  std::unique_ptr<Body> body;  // never null; length() known unless chunked
  std::string peer_ip;
  std::uint16_t peer_port = 0;
  bool tls = false;

  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
  std::string_view query() const {
    const auto mark = target.find('?');
    return mark == std::string::npos ? std::string_view{}
                                     : std::string_view(target).substr(mark + 1);
  }
};

struct Response {
  int status = 200;
  Headers headers;                       // Content-Length, Date and Connection are the server's
  std::unique_ptr<Body> body = nullptr;  // null: empty
  // For HEAD: the Content-Length that a GET would have.
  std::optional<std::uint64_t> head_length = std::nullopt;
};

// Exactly once, from any thread; the first chunk of the answer's body is read on that thread, the
// others on the server's workers. Destroyed without a call: the client gets a 500 and the
// connection closes.
using Responder = std::move_only_function<void(Response)>;

// Runs on one of the server's worker threads; may keep the request and answer later, holding no
// thread.
using Handler = std::function<void(Request, Responder)>;

}  // namespace sextant::net
