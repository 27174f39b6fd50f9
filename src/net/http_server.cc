#include "net/http_server.h"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <utility>
#include <vector>

#include "net/io_loop.h"
#include "net/listener.h"
#include "net/server_shared.h"
#include "net/tls.h"

namespace sextant::net {
namespace {

// A quarter of the descriptors, at most so many, is left to files and clients.
constexpr std::size_t kDescriptorsKeptMax = 2048;

// Raises the soft limit to the hard one and returns how many connections that leaves room for.
std::size_t make_room_for_connections() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) getrlimit(RLIMIT_NOFILE, &limit);
  }
  const auto descriptors = static_cast<std::size_t>(limit.rlim_cur);
  return descriptors - std::min(descriptors / 4, kDescriptorsKeptMax);
}

class Server final : public HttpServer {
 public:
  Server(const ServerOptions& options, Handler handler, metrics::Registry& registry, TlsContext tls)
      : tls_(std::move(tls)),
        shared_(std::make_shared<ServerShared>(options, std::move(handler), registry)) {
    for (int i = 0; i < std::max(1, options.io_threads); ++i) {
      loops_.push_back(std::make_shared<IoLoop>());
    }
    listener_ = std::make_shared<Listener>(loops_, shared_, tls_.get());
  }

  ~Server() override {
    shared_->draining = true;
    shared_->stopping = true;
    close_listener();
    for (const auto& loop : loops_) loop->stop();
    shared_->workers.stop();
    shared_->handler = nullptr;
  }

  Result<> listen(BoundSocket& socket) {
    SX_TRY(listener_->open(socket));
    loops_.front()->post([listener = listener_] { listener->accept_next(); });
    return {};
  }

  std::uint16_t port() const override { return listener_->port(); }

  bool drain(std::chrono::seconds longest) override {
    shared_->draining = true;
    close_listener();
    return shared_->in_progress.wait_for_none(longest);
  }

 private:
  void close_listener() {
    loops_.front()->post([listener = listener_] { listener->close(); });
  }

  const TlsContext tls_;
  const std::shared_ptr<ServerShared> shared_;
  std::vector<std::shared_ptr<IoLoop>> loops_;
  std::shared_ptr<Listener> listener_;
};

}  // namespace

Result<> check_tls(const TlsFiles& files) {
  SX_TRY(load_tls(files));
  return {};
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const ServerOptions& options, Handler handler,
                                                      metrics::Registry& metrics) {
  SX_TRY_AS(auto socket, BoundSocket::bind(options.address, options.port));
  return start(options, std::move(socket), std::move(handler), metrics);
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const ServerOptions& options,
                                                      std::unique_ptr<BoundSocket> socket,
                                                      Handler handler, metrics::Registry& metrics) {
  TlsContext tls;
  if (options.tls) {
    SX_TRY_AS(tls, load_tls(*options.tls));
  }
  std::signal(SIGPIPE, SIG_IGN);
  ServerOptions fitted = options;
  fitted.worker_threads = std::max(1, options.worker_threads);
  fitted.connections_max = std::min(options.connections_max, make_room_for_connections());
  auto server = std::make_unique<Server>(fitted, std::move(handler), metrics, std::move(tls));
  SX_TRY(server->listen(*socket));
  return server;
}

}  // namespace sextant::net
