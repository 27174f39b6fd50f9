#pragma once
// One I/O thread: its event loop, the connections that live on it, and the buffer they read into.
// Sleeps in the kernel while nothing happens.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <unordered_set>
#include <utility>

#include "core/body.h"

namespace sextant::net {

class Connection;

class IoLoop {
 public:
  IoLoop();
  ~IoLoop();
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;

  boost::asio::io_context& context() { return context_; }

  // Runs `task` on the loop's thread, soon. Any thread. False, and `task` destroyed, after stop().
  template <typename Task>
  bool post(Task&& task) {
    std::lock_guard lock(gate_);
    if (stopped_) return false;
    boost::asio::post(context_, std::forward<Task>(task));
    return true;
  }

  // Closes every connection and joins. From any other thread, once.
  void stop();

  // The rest: on the loop's thread only.
  // False once the loop is ending: the connection has no place any more.
  bool add(std::shared_ptr<Connection> connection);
  void remove(const std::shared_ptr<Connection>& connection);
  // Free until the next event is handled.
  std::span<char> scratch() { return {scratch_.get(), kChunkBytesMax}; }

 private:
  void run();
  void close_all();

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::mutex gate_;
  bool stopped_ = false;
  const std::unique_ptr<char[]> scratch_;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  bool ending_ = false;
  std::jthread thread_;
};

}  // namespace sextant::net
