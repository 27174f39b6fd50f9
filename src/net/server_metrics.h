#pragma once
// What the HTTP server counts. Touched by I/O threads only, so that nothing that outlives the
// server (an answer that comes too late) touches the registry.
#include <array>
#include <string_view>

#include "core/metrics.h"

namespace sextant::net {

enum class Refused {
  Connections,  // more than connections_max
  Busy,         // more requests in progress than allowed
  Draining,     // the node is stopping
  Malformed,    // not a request we understand
  TooLarge,     // head above a limit
  Slow,         // head or body did not come in time
  Handshake,    // TLS could not be agreed on
};

struct ServerMetrics {
  explicit ServerMetrics(metrics::Registry& registry);

  void refused(Refused reason) { refusals[static_cast<std::size_t>(reason)]->add(); }
  void answered(int status, double seconds_taken);

  metrics::Gauge& connections_open;
  metrics::Counter& connections;
  metrics::Gauge& requests_open;
  metrics::Histogram& seconds;
  metrics::Counter& bytes_in;
  metrics::Counter& bytes_out;
  std::array<metrics::Counter*, 5> answers;  // 1xx never ends a request: [0] stays unused
  std::array<metrics::Counter*, 7> refusals;
};

}  // namespace sextant::net
