#pragma once
// From a request to its operation: finds the service by the signature's scope, authenticates,
// checks the body against the signature, and hands the call to the gate. There is no other way from
// the wire to an operation.
#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "api/operations.h"
#include "api/protocol.h"
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

  // Whether /_sextant/ready says yes; health says yes as long as there is anybody to ask.
  void set_ready(bool ready) { ready_ = ready; }

  // The node's handler. Any thread.
  void handle(net::Request request, net::Responder respond);

 private:
  bool answer_open_endpoint(const net::Request& request, net::Responder& respond) const;
  const Parts parts_;
  std::map<std::string, std::unique_ptr<Protocol>, std::less<>> protocols_;
  std::atomic<bool> ready_ = false;
};

}  // namespace sextant::api
