#pragma once
// The node: every concrete part, made once and handed to those that need it, in the order in which
// they depend on each other.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "api/operations.h"
#include "core/id.h"
#include "core/result.h"
#include "net/http_server.h"

namespace sextant::server {

struct NodeOptions {
  std::string data;   // folder of everything that the node keeps
  std::string files;  // folder of functions' data files; "": <data>/files
  Scope scope;
  std::string address = "127.0.0.1";  // an IP address, or localhost
  std::uint16_t port = 4566;
  std::optional<net::TlsFiles> tls = std::nullopt;
  bool insecure = false;   // another address than loopback without TLS
  int worker_threads = 2;  // attempts that compute at the same time
  // How long readers outside keep files of the lake that left their tables.
  std::chrono::seconds readers_window{3600};
  std::uint64_t checkpoint_every = 100;  // versions of a Delta log
  bool forget_unsynced = false;  // for the power-loss tests: see adapters/embedded/amnesiac_disk.h
};

class Node {
 public:
  // Ready on return. Errors: Conflict (the port or the data folder is in use), Invalid (an option),
  // Corrupt (names the file), Exhausted (disk full), Denied.
  static Result<std::unique_ptr<Node>> start(const NodeOptions& options);
  ~Node();  // as stop() without waiting for requests

  std::string endpoint() const;  // "http://127.0.0.1:4566"
  std::uint16_t port() const;
  // Everything that can be called, for the test that calls everything.
  const api::Operations& operations() const;
  // No new requests; waits for those in progress and for deliveries in flight, each at most so
  // long.
  void stop(std::chrono::seconds longest);

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sextant::server
