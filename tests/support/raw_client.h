#pragma once
// A socket for tests that say exactly which bytes go over the wire, and when. Every read gives up
// after ten seconds, so that a server that hangs fails its test instead of stopping it.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/strings.h"

namespace sextant::test {

struct RawAnswer {
  int status = 0;
  std::string head;
  std::string body;
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected_ =
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~RawClient() { close(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool is_connected() const { return is_connected_; }
  int socket() const { return socket_; }

  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // The next answer in full; nullopt when the server closes or keeps silent instead.
  std::optional<RawAnswer> receive(bool has_body = true) {
    const auto head_end = fill_until("\r\n\r\n");
    if (!head_end) return std::nullopt;
    RawAnswer answer;
    answer.head = take(*head_end);
    answer.status = std::stoi(answer.head.substr(9, 3));
    if (!has_body || answer.status == 100 || answer.status == 204) return answer;
    if (to_lower(answer.head).contains("transfer-encoding: chunked")) {
      return receive_chunks(answer) ? std::optional(answer) : std::nullopt;
    }
    const auto at = to_lower(answer.head).find("content-length: ");
    if (at == std::string::npos) {
      answer.body = receive_all();
      return answer;
    }
    const auto length = std::stoull(answer.head.substr(at + 16));
    while (received_.size() < length) {
      if (!fill()) return std::nullopt;
    }
    answer.body = take(length);
    return answer;
  }

  // Everything until the server closes; nothing more has come when it is cut off by time.
  std::string receive_all() {
    while (fill()) {
    }
    return take(received_.size());
  }

  // True when the server has closed and nothing is left to read.
  bool is_closed() { return receive_all().empty() && has_ended_; }

  void shutdown_write() const { ::shutdown(socket_, SHUT_WR); }

  // Like a client that dies: the server gets a reset.
  void reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    close();
  }

  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

 private:
  bool fill() {
    char bytes[64 * 1024];
    const auto count = ::recv(socket_, bytes, sizeof(bytes), 0);
    has_ended_ = count == 0 || (count < 0 && errno == ECONNRESET);
    if (count <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  std::optional<std::size_t> fill_until(std::string_view mark) {
    for (;;) {
      const auto at = received_.find(mark);
      if (at != std::string::npos) return at + mark.size();
      if (!fill()) return std::nullopt;
    }
  }

  bool receive_chunks(RawAnswer& answer) {
    for (;;) {
      const auto line_end = fill_until("\r\n");
      if (!line_end) return false;
      const auto size = std::stoull(take(*line_end), nullptr, 16);
      while (received_.size() < size + 2) {
        if (!fill()) return false;
      }
      answer.body += take(size);
      if (take(2) != "\r\n") return false;
      if (size == 0) return true;
    }
  }

  std::string take(std::size_t count) {
    std::string taken = received_.substr(0, count);
    received_.erase(0, count);
    return taken;
  }

  int socket_ = -1;
  bool is_connected_ = false;
  bool has_ended_ = false;
  std::string received_;
};

}  // namespace sextant::test
