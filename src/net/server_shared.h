#pragma once
// What all connections of a server have in common. It outlives the server while somebody still
// holds an unanswered request.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "net/http_server.h"
#include "net/request_reader.h"
#include "net/server_metrics.h"
#include "net/worker_pool.h"

namespace sextant::net {

// Counts the requests that are let in, up to a bound, and lets drain() wait for the last.
class InProgress {
 public:
  explicit InProgress(std::size_t count_max) : count_max_(count_max) {}
  bool try_enter(std::size_t beyond = 0);
  void leave();
  bool wait_for_none(std::chrono::seconds longest);

 private:
  const std::size_t count_max_;
  std::atomic<std::size_t> count_ = 0;
  std::mutex mutex_;
  std::condition_variable none_;
};

struct ServerShared {
  ServerShared(const ServerOptions& with, Handler answering, metrics::Registry& registry)
      : options(with),
        handler(std::move(answering)),
        metrics(registry),
        in_progress(with.requests_in_progress_max),
        // A request has at most its handler, one body callback and one step of its answer queued,
        // and each of them keeps it in progress.
        workers(with.worker_threads, 3 * (with.requests_in_progress_max + kVitalMax)) {}

  static constexpr std::size_t kVitalMax = 64;  // beyond requests_in_progress_max
  bool try_enter(const Head& head) {
    const bool vital = options.is_vital && options.is_vital(head.method, head.target);
    return in_progress.try_enter(vital ? kVitalMax : 0);
  }

  const ServerOptions options;
  Handler handler;  // empty once the server has stopped
  ServerMetrics metrics;
  std::atomic<bool> draining = false;
  std::atomic<bool> stopping = false;
  std::atomic<std::size_t> connections = 0;
  std::atomic<std::size_t> held_bytes = 0;
  InProgress in_progress;
  WorkerPool workers;
};

}  // namespace sextant::net
