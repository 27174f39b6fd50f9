#include "net/listener.h"

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <utility>

#include "core/log.h"
#include "net/connection.h"

namespace sextant::net {
namespace {

namespace asio_error = boost::asio::error;
using boost::system::error_code;

constexpr int kBacklog = 4096;
constexpr std::chrono::milliseconds kPause{200};

// Nobody's fault but ours: descriptors or memory are used up.
bool is_shortage(const error_code& code) {
  return code == asio_error::no_descriptors || code == asio_error::no_buffer_space ||
         code == asio_error::no_memory ||
         code == error_code(ENFILE, boost::system::system_category());
}

// An IPv4 client of a socket that also takes IPv6 has its IPv4 address, as policies name it.
std::string address_text(const boost::asio::ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address.to_string();
  return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).to_string();
}

}  // namespace

Listener::Listener(std::vector<std::shared_ptr<IoLoop>> loops, std::shared_ptr<ServerShared> shared,
                   SSL_CTX* tls)
    : loops_(std::move(loops)),
      shared_(std::move(shared)),
      tls_(tls),
      acceptor_(loops_.front()->context()),
      pause_(loops_.front()->context()) {}

Result<> Listener::open(BoundSocket& socket) {
  error_code failed;
  port_ = socket.port();
  acceptor_.assign(socket.is_v6() ? Tcp::v6() : Tcp::v4(), socket.release(), failed);
  if (!failed) acceptor_.listen(kBacklog, failed);
  if (failed) return cannot_listen("port " + std::to_string(port_), failed.value());
  return {};
}

void Listener::accept_next() {
  const auto& loop = loops_[accepted_++ % loops_.size()];
  acceptor_.async_accept(loop->context(), [self = shared_from_this(), loop](
                                              const error_code& failed, Tcp::socket socket) {
    self->on_accepted(failed, std::move(socket), loop);
  });
}

void Listener::on_accepted(const error_code& failed, Tcp::socket socket,
                           const std::shared_ptr<IoLoop>& loop) {
  if (!acceptor_.is_open()) return;
  if (is_shortage(failed)) return pause();
  if (!failed) welcome(std::move(socket), loop);
  accept_next();
}

void Listener::welcome(Tcp::socket socket, const std::shared_ptr<IoLoop>& loop) {
  if (shared_->connections.fetch_add(1) >= shared_->options.connections_max) {
    shared_->connections.fetch_sub(1);
    return shared_->metrics.refused(Refused::Connections);
  }
  error_code failed;
  const auto peer = socket.remote_endpoint(failed);
  if (!failed) socket.set_option(Tcp::no_delay(true), failed);
  if (!failed) socket.native_non_blocking(true, failed);
  TlsSession session;
  if (!failed && tls_ != nullptr) session = make_tls_session(*tls_, socket.native_handle());
  if (failed || (tls_ != nullptr && !session)) {
    shared_->connections.fetch_sub(1);
    return;
  }
  auto connection =
      std::make_shared<Connection>(loop, shared_, Stream(std::move(socket), std::move(session)),
                                   Peer{.ip = address_text(peer.address()), .port = peer.port()});
  const bool started = loop->post([connection] { connection->start(); });
  if (!started) shared_->connections.fetch_sub(1);
}

void Listener::pause() {
  log::warn("out of descriptors: new connections wait",
            {{"connections", std::to_string(shared_->connections)}});
  pause_.expires_after(kPause);
  pause_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled && self->acceptor_.is_open()) self->accept_next();
  });
}

void Listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

}  // namespace sextant::net
