#include "net/bound_socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

namespace sextant::net {
namespace {

namespace ip = boost::asio::ip;

bool is_loopback_address(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address.is_loopback();
  return ip::make_address_v4(ip::v4_mapped, address.to_v6()).is_loopback();
}

}  // namespace

std::unexpected<Error> cannot_listen(const std::string& place, int system_error) {
  if (system_error == EADDRINUSE) {
    return fail(Code::Conflict,
                place + " is taken by another program: stop that, or choose another port");
  }
  return fail(Code::Invalid,
              "cannot listen on " + place + ": " + std::generic_category().message(system_error));
}

Result<std::unique_ptr<BoundSocket>> BoundSocket::bind(const std::string& address,
                                                       std::uint16_t port) {
  boost::system::error_code failed;
  const auto parsed = ip::make_address(address, failed);
  if (failed) return fail(Code::Invalid, "'" + address + "' is not an IP address to listen on");
  const auto place = address + " port " + std::to_string(port);
  ip::tcp::endpoint endpoint(parsed, port);
  std::unique_ptr<BoundSocket> bound(new BoundSocket);
  bound->is_v6_ = parsed.is_v6();
  bound->is_loopback_ = is_loopback_address(parsed);
  bound->descriptor_ = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  auto length = static_cast<socklen_t>(endpoint.capacity());
  if (bound->descriptor_ < 0 ||
      ::setsockopt(bound->descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      ::bind(bound->descriptor_, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0 ||
      ::getsockname(bound->descriptor_, endpoint.data(), &length) != 0) {
    return cannot_listen(place, errno);
  }
  bound->port_ = endpoint.port();
  return bound;
}

BoundSocket::~BoundSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

int BoundSocket::release() { return std::exchange(descriptor_, -1); }

}  // namespace sextant::net
