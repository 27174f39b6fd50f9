#pragma once
// Lets the process become small when nothing has happened for a while: what is kept for
// the next work is let go. No ticking: asleep until touched, then it looks every few seconds until
// all is quiet, releases once, and sleeps again.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace sextant::server {

class Rest {
 public:
  // busy() says whether work is under way or waiting; release() is called when it was not for
  // `quiet`.
  Rest(std::chrono::seconds quiet, std::function<bool()> busy, std::function<void()> release);
  // Something happened. Any thread; costs one load while awake.
  void touch();

 private:
  void run(const std::stop_token& stop);
  const std::chrono::seconds quiet_;
  const std::function<bool()> busy_;
  const std::function<void()> release_;
  std::atomic<bool> awake_ = false;
  std::atomic<bool> touched_ = false;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;
};

}  // namespace sextant::server
