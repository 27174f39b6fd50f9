#pragma once
// Turns the bytes of one connection into one request: head, then body. Beast parses; what Beast
// lets pass and a proxy in front of us might read differently (obs-fold, transfer codings, repeated
// lengths, odd targets, long chunk extensions) is refused here. Pure: no I/O, no clock, no threads.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"

namespace sextant::net {

struct ReadLimits {
  std::size_t head_bytes_max = 64 * 1024;
  std::size_t headers_max = 128;
};

// What the client is told before the connection closes.
struct Refusal {
  int status = 400;
  std::string_view reason;  // a literal: one sentence, also the response's body
};

struct Head {
  std::string method;
  std::string target;
  Headers headers;
  std::optional<std::uint64_t> content_length = 0;  // nullopt: chunked
  bool http_1_0 = false;
  bool keep_alive = true;
  bool expects_continue = false;
};

class RequestReader {
 public:
  enum class Progress { NeedsMore, Done, Refused };

  explicit RequestReader(const ReadLimits& limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // `bytes` is everything received since the request began: call again with more behind it while
  // NeedsMore. Done: head() is valid and the first `used` bytes were the head.
  Progress read_head(std::string_view bytes, std::size_t& used);
  Head& head();

  // Appends body bytes to `into` until it holds `room` or `bytes` end; `used` of them are spent and
  // must not be offered again, the others must. Done: the body has ended.
  Progress read_body(std::string_view bytes, std::size_t& used, std::string& into,
                     std::size_t room);
  bool body_done() const;

  // The bytes of a Content-Length body not yet read; nullopt while a chunked body has not ended.
  std::optional<std::uint64_t> body_left() const;

  const Refusal& refusal() const;

 private:
  class Parser;
  Progress refuse(int status, std::string_view reason);
  bool scan_head(std::string_view bytes);

  const ReadLimits limits_;
  std::unique_ptr<Parser> parser_;
  std::size_t scanned_ = 0;
  std::size_t line_start_ = 0;
  bool head_ended_ = false;
  Refusal refusal_;
};

}  // namespace sextant::net
