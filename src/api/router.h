#pragma once
// From a request to its operation: finds the service by the path or the signature's scope,
// authenticates, checks the body against the signature, and hands the call to the gate. There is no
// other way from the wire to an operation. Nothing is read of a body before its caller is known, or
// as much is checked as the head can say (unverified_bodies.h).
#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "api/operations.h"
#include "api/protocol.h"
#include "api/unverified_bodies.h"
#include "core/clock.h"
#include "core/metrics.h"
#include "guard/authenticate.h"
#include "guard/gate.h"
#include "net/http.h"

namespace sextant::api {

class Router {
 public:
  // All outlive it.
  struct Parts {
    const Clock& clock;
    const guard::Authenticator& authenticator;
    guard::Gate& gate;
    const Operations& operations;
    const metrics::Registry& metrics;
  };
  explicit Router(const Parts& parts) : parts_(parts) {}

  // `service` as in a signature's scope. Before the first request.
  void add(std::string service, std::unique_ptr<Protocol> protocol);

  // health, ready and metrics, which need no signature: whoever asks for them is let in however
  // busy the node is.
  static bool is_open_endpoint(std::string_view method, std::string_view target);

  // Whether /_sextant/ready says yes; health says yes as long as there is anybody to ask.
  void set_ready(bool ready) { ready_ = ready; }

  // The node's handler. Any thread.
  void handle(net::Request request, net::Responder respond);

 private:
  void answer_open_endpoint(const net::Request& request, net::Responder& respond) const;
  std::string service_of(const net::Request& request) const;

  const Parts parts_;
  UnverifiedBodies unverified_{UnverifiedBodies::Limits{}};
  std::map<std::string, std::unique_ptr<Protocol>, std::less<>> protocols_;
  std::atomic<bool> ready_ = false;
};

}  // namespace sextant::api
