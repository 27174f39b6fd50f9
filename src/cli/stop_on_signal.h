#pragma once
// SIGINT and SIGTERM ask a long run to come to a clean end; a second one ends the process at once.
#include <atomic>
#include <csignal>
#include <mutex>
#include <stop_token>
#include <thread>

namespace sextant::cli {

// To be made before other threads are, so that they inherit the blocked signals.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
  std::stop_token token() const { return source_.get_token(); }

 private:
  void wait();
  sigset_t signals_{};
  sigset_t before_{};
  std::stop_source source_;
  std::mutex mutex_;
  bool ends_ = false;     // under mutex_
  bool stopped_ = false;  // under mutex_
  std::atomic<bool> done_ = false;
  std::jthread thread_;
};

}  // namespace sextant::cli
