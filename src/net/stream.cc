#include "net/stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

namespace sextant::net {
namespace {

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

Stream::Stream(Socket socket, TlsSession session)
    : socket_(std::move(socket)), session_(std::move(session)) {}

Stream::Outcome Stream::tls_outcome(int result) {
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_NONE: return Outcome::Ok;
    case SSL_ERROR_WANT_READ: return Outcome::WantsRead;
    case SSL_ERROR_WANT_WRITE: return Outcome::WantsWrite;
    case SSL_ERROR_ZERO_RETURN: return Outcome::Ended;
    default: return Outcome::Broken;
  }
}

Stream::Outcome Stream::handshake() {
  if (!session_) return Outcome::Ok;
  ERR_clear_error();
  return tls_outcome(SSL_do_handshake(session_.get()));
}

Stream::Outcome Stream::read(char* into, std::size_t room, std::size_t& count) {
  count = 0;
  if (session_) {
    ERR_clear_error();
    return tls_outcome(SSL_read_ex(session_.get(), into, room, &count));
  }
  ssize_t got = 0;
  do {
    got = ::recv(socket_.native_handle(), into, room, 0);
  } while (got < 0 && errno == EINTR);
  if (got == 0) return Outcome::Ended;
  if (got < 0) return would_block() ? Outcome::WantsRead : Outcome::Broken;
  count = static_cast<std::size_t>(got);
  return Outcome::Ok;
}

Stream::Outcome Stream::write(std::string_view first, std::string_view second, std::size_t& count) {
  count = 0;
  if (session_) {
    ERR_clear_error();
    const auto piece = first.empty() ? second : first;
    return tls_outcome(SSL_write_ex(session_.get(), piece.data(), piece.size(), &count));
  }
  iovec parts[2] = {{const_cast<char*>(first.data()), first.size()},
                    {const_cast<char*>(second.data()), second.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return would_block() ? Outcome::WantsWrite : Outcome::Broken;
  count = static_cast<std::size_t>(sent);
  return Outcome::Ok;
}

bool Stream::has_buffered() const { return session_ && SSL_pending(session_.get()) > 0; }

void Stream::shutdown_write() {
  if (session_) {
    ERR_clear_error();
    SSL_shutdown(session_.get());
  }
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Stream::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace sextant::net
