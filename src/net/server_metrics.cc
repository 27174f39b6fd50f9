#include "net/server_metrics.h"

#include <algorithm>
#include <string>

namespace sextant::net {
namespace {

constexpr std::array<std::string_view, 5> kClasses{"1xx", "2xx", "3xx", "4xx", "5xx"};
constexpr std::array<std::string_view, 7> kReasons{"connections", "busy", "draining", "malformed",
                                                   "too_large",   "slow", "handshake"};

template <std::size_t count>
std::array<metrics::Counter*, count> make_counters(
    metrics::Registry& registry, std::string_view name, std::string_view help, const char* label,
    const std::array<std::string_view, count>& values) {
  std::array<metrics::Counter*, count> counters{};
  for (std::size_t i = 0; i < count; ++i) {
    counters[i] = &registry.counter(name, help, {{label, std::string(values[i])}});
  }
  return counters;
}

}  // namespace

ServerMetrics::ServerMetrics(metrics::Registry& registry)
    : connections_open(registry.gauge("sextant_http_connections_open", "Open HTTP connections.")),
      connections(registry.counter("sextant_http_connections_total", "HTTP connections accepted.")),
      requests_open(
          registry.gauge("sextant_http_requests_open", "HTTP requests not yet answered.")),
      seconds(registry.histogram("sextant_http_request_seconds",
                                 "From the end of a request's head to the end of its answer.")),
      bytes_in(registry.counter("sextant_http_received_bytes_total", "Bytes read, before TLS.")),
      bytes_out(registry.counter("sextant_http_sent_bytes_total", "Bytes written, before TLS.")),
      answers(make_counters(registry, "sextant_http_requests_total",
                            "HTTP requests answered, by class of status.", "class", kClasses)),
      refusals(make_counters(registry, "sextant_http_refused_total",
                             "Connections and requests refused by the server itself.", "reason",
                             kReasons)) {}

void ServerMetrics::answered(int status, double seconds_taken) {
  const auto row = static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1);
  answers[row]->add();
  seconds.observe(seconds_taken);
}

}  // namespace sextant::net
