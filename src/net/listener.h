#pragma once
// The listening socket: accepts, spreads connections over the I/O threads, and turns away what is
// above the limit. When the process is out of descriptors it pauses instead of spinning.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <vector>

#include "net/bound_socket.h"
#include "net/io_loop.h"
#include "net/server_shared.h"
#include "net/tls.h"

namespace sextant::net {

class Listener : public std::enable_shared_from_this<Listener> {
 public:
  // `tls` null: plain. Outlived by nobody: `tls` must live as long as the loops run.
  Listener(std::vector<std::shared_ptr<IoLoop>> loops, std::shared_ptr<ServerShared> shared,
           SSL_CTX* tls);

  // Errors: Conflict (another program was quicker to listen), Invalid.
  Result<> open(BoundSocket& socket);
  std::uint16_t port() const { return port_; }

  // The first loop's thread only.
  void accept_next();
  void close();

 private:
  using Tcp = boost::asio::ip::tcp;
  void on_accepted(const boost::system::error_code& error, Tcp::socket socket,
                   const std::shared_ptr<IoLoop>& loop);
  void welcome(Tcp::socket socket, const std::shared_ptr<IoLoop>& loop);
  void pause();

  const std::vector<std::shared_ptr<IoLoop>> loops_;
  const std::shared_ptr<ServerShared> shared_;
  SSL_CTX* const tls_;
  Tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::uint16_t port_ = 0;
  std::size_t accepted_ = 0;
};

}  // namespace sextant::net
