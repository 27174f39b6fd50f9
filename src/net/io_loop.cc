#include "net/io_loop.h"

#include "core/thread_name.h"
#include "net/connection.h"

namespace sextant::net {

IoLoop::IoLoop()
    : work_(context_.get_executor()),
      scratch_(std::make_unique_for_overwrite<char[]>(kChunkBytesMax)),
      thread_([this] { run(); }) {}

IoLoop::~IoLoop() { stop(); }

void IoLoop::run() {
  name_this_thread("http-io");
  context_.run();
}

void IoLoop::stop() {
  {
    std::lock_guard lock(gate_);
    if (stopped_) return;
    stopped_ = true;
    boost::asio::post(context_, [this] { close_all(); });
  }
  thread_.join();
}

void IoLoop::close_all() {
  ending_ = true;
  const auto open = std::exchange(connections_, {});
  for (const auto& connection : open) connection->close();
  work_.reset();
}

bool IoLoop::add(std::shared_ptr<Connection> connection) {
  if (ending_) return false;
  connections_.insert(std::move(connection));
  return true;
}

void IoLoop::remove(const std::shared_ptr<Connection>& connection) {
  connections_.erase(connection);
}

}  // namespace sextant::net
