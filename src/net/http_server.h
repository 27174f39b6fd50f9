#pragma once
// The node's only listener: HTTP/1.1 over TCP or TLS. Untrusted bytes come in here, so everything
// has a limit: header size and time, body pace, connections. Sockets live on I/O threads that never
// run handlers.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/metrics.h"
#include "core/result.h"
#include "net/bound_socket.h"
#include "net/http.h"

namespace sextant::net {

struct TlsFiles {
  std::string certificate_chain;  // PEM path
  std::string private_key;        // PEM path
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 4566;  // 0: any free one
  std::optional<TlsFiles> tls = std::nullopt;
  int io_threads = 1;
  int worker_threads = 4;  // run handlers and body callbacks
  std::size_t connections_max = 20'000;
  std::size_t requests_in_progress_max = 1'024;  // beyond: 503 with Retry-After
  // Says of a head whether its request is let in beyond that bound, a few at a time: whoever asks
  // how the node is must hear it above all when it is busy. Runs on the I/O threads.
  std::function<bool(std::string_view method, std::string_view target)> is_vital = nullptr;
  std::size_t header_bytes_max = 64 * 1024;
  std::size_t headers_max = 128;
  // What all connections together may have sent ahead of being served: half heads, pipelined
  // requests. Beyond, connections that add to it are closed.
  std::size_t held_bytes_max = 64 * 1024 * 1024;
  std::chrono::milliseconds header_time_max{20'000};  // from first byte to the end of the header
  std::chrono::milliseconds idle_time_max{120'000};   // between requests
  // How long a client may let the server wait, altogether, for every pace_bytes_min of a body that
  // it sends or takes. Whoever is slower is cut, so that he does not keep a place in progress.
  std::chrono::milliseconds stall_time_max{30'000};
  std::size_t pace_bytes_min = 64 * 1024;
};

// Whether a server could start with them. Errors: Invalid (a file is missing or is not PEM, or key
// and certificate do not belong together).
Result<> check_tls(const TlsFiles& files);

class HttpServer {
 public:
  // Listens on return. Raises the process's limit of open files to the hard one, keeps a part of it
  // for others, and ignores SIGPIPE. Errors: Conflict (the port is taken: says so), Invalid
  // (address, certificate).
  static Result<std::unique_ptr<HttpServer>> start(const ServerOptions& options, Handler handler,
                                                   metrics::Registry& metrics);
  // The same on an address and port that were taken before; those of the options do not count.
  static Result<std::unique_ptr<HttpServer>> start(const ServerOptions& options,
                                                   std::unique_ptr<BoundSocket> socket,
                                                   Handler handler, metrics::Registry& metrics);
  // Closes every connection at once, then waits for the handlers that are running. A Responder or a
  // request's Body may outlive the server: answers are dropped, reads fail with Unavailable.
  virtual ~HttpServer() = default;
  virtual std::uint16_t port() const = 0;
  // Takes no new connections and requests (503), waits until those in progress have been answered,
  // at most so long. True when all were.
  virtual bool drain(std::chrono::seconds longest) = 0;
};

}  // namespace sextant::net
