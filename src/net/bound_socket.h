#pragma once
// An address and port of this machine, taken but not yet listened on: who connects is refused. A
// server takes its port before it makes anything else, so that a taken one costs and leaves
// nothing.
#include <cstdint>
#include <memory>
#include <string>

#include "core/result.h"

namespace sextant::net {

class BoundSocket {
 public:
  // Port 0: any free one. Errors: Conflict (the port is taken), Invalid (no IP address, or none of
  // this machine).
  static Result<std::unique_ptr<BoundSocket>> bind(const std::string& address, std::uint16_t port);
  ~BoundSocket();
  BoundSocket(const BoundSocket&) = delete;
  BoundSocket& operator=(const BoundSocket&) = delete;

  std::uint16_t port() const { return port_; }
  bool is_v6() const { return is_v6_; }
  bool is_loopback() const { return is_loopback_; }  // only this machine can reach it
  int release();                                     // the descriptor; the caller closes it

 private:
  BoundSocket() = default;
  int descriptor_ = -1;
  std::uint16_t port_ = 0;
  bool is_v6_ = false;
  bool is_loopback_ = false;
};

// What a failed bind or listen on that place means: as bind().
std::unexpected<Error> cannot_listen(const std::string& place, int system_error);

}  // namespace sextant::net
