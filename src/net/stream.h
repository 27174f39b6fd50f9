#pragma once
// One accepted socket, plain or under TLS, never blocking: try, and when told so wait until it is
// worth trying again. A waiting stream holds no buffer. On its I/O thread only.
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <string_view>
#include <utility>

#include "net/tls.h"

namespace sextant::net {

class Stream {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  enum class Outcome { Ok, WantsRead, WantsWrite, Ended, Broken };

  // `session` null: plain TCP.
  Stream(Socket socket, TlsSession session);

  bool is_tls() const { return session_ != nullptr; }
  Outcome handshake();
  Outcome read(char* into, std::size_t room, std::size_t& count);
  // The two one after the other, in one packet where they fit.
  Outcome write(std::string_view first, std::string_view second, std::size_t& count);
  // Bytes are here that a wait would not notice.
  bool has_buffered() const;

  // then(error_code), later, from the event loop; the error is set when closed meanwhile.
  template <typename Then>
  void wait(Outcome wanted, Then&& then) {
    socket_.async_wait(wanted == Outcome::WantsWrite ? Socket::wait_write : Socket::wait_read,
                       std::forward<Then>(then));
  }

  void shutdown_write();
  void close();

 private:
  Outcome tls_outcome(int result);

  Socket socket_;
  TlsSession session_;
};

}  // namespace sextant::net
