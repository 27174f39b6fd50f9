#include "server/node/rest.h"

#include <utility>

#include "core/thread_name.h"

namespace sextant::server {

Rest::Rest(std::chrono::seconds quiet, std::function<bool()> busy, std::function<void()> release)
    : quiet_(quiet),
      busy_(std::move(busy)),
      release_(std::move(release)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Rest::touch() {
  touched_.store(true, std::memory_order_relaxed);
  if (awake_.load(std::memory_order_relaxed)) return;
  {
    std::lock_guard lock(mutex_);
    awake_ = true;
  }
  changed_.notify_one();
}

void Rest::run(const std::stop_token& stop) {
  name_this_thread("rest");
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (!changed_.wait(lock, stop, [this] { return awake_.load(); })) return;
    while (touched_.exchange(false) || busy_()) {
      if (changed_.wait_for(lock, stop, quiet_, [] { return false; }) || stop.stop_requested())
        return;
    }
    awake_ = false;
    if (touched_.load()) {  // between the look and the sleep
      awake_ = true;
      continue;
    }
    lock.unlock();
    release_();
    lock.lock();
  }
}

}  // namespace sextant::server
