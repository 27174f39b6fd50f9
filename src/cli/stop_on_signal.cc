#include "cli/stop_on_signal.h"

#include <cstdio>

namespace sextant::cli {

StopOnSignal::StopOnSignal() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  thread_ = std::jthread([this] { wait(); });
}

void StopOnSignal::wait() {
  int received = 0;
  sigwait(&signals_, &received);
  {
    std::lock_guard lock(mutex_);
    if (ends_) return;
    stopped_ = true;
  }
  std::fprintf(stderr, "sextant: stopping; a second signal ends it at once\n");
  source_.request_stop();
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
  done_.wait(false);
}

StopOnSignal::~StopOnSignal() {
  bool stopped = false;
  {
    std::lock_guard lock(mutex_);
    ends_ = true;
    stopped = stopped_;
  }
  done_ = true;
  done_.notify_all();
  // Blocked everywhere: it ends the thread's sigwait() and nothing else.
  // NOLINTNEXTLINE(bugprone-bad-signal-to-kill-thread)
  if (!stopped) pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace sextant::cli
