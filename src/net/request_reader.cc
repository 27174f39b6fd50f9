#include "net/request_reader.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/field.hpp>
#include <limits>

#include "core/strings.h"

namespace sextant::net {
namespace {

namespace beast_http = boost::beast::http;
using BeastCode = boost::beast::error_code;
using BeastView = boost::beast::string_view;

// A chunk's size line, and the trailer section behind the last chunk.
constexpr std::size_t kChunkHeaderBytesMax = 8 * 1024;
constexpr std::size_t kChunkExtensionBytesMax = 256;
// "0 CR LF CR LF": no chunked body that has not ended goes on with less. Beast asserts on a last
// chunk that is offered again with fewer bytes than that.
constexpr std::size_t kChunkHeaderBytesMin = 5;

std::string_view to_std(BeastView text) { return {text.data(), text.size()}; }

constexpr bool is_token_char(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

constexpr bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

constexpr bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
}

// Origin form only (RFC 9112 §3.2.1): this is neither a proxy nor a place for "OPTIONS *".
std::string_view fault_in_target(std::string_view target) {
  if (!target.starts_with('/')) return "The request target must be a path that starts with '/'.";
  for (std::size_t i = 0; i < target.size(); ++i) {
    const char c = target[i];
    if (static_cast<unsigned char>(c) >= 0x80 || c == '#') {
      return "The request target holds a character that must be percent-encoded.";
    }
    if (c != '%') continue;
    if (i + 2 >= target.size() || !is_hex_digit(target[i + 1]) || !is_hex_digit(target[i + 2])) {
      return "The request target holds a broken percent-encoding.";
    }
  }
  return {};
}

std::string_view fault_in_host(std::string_view host) {
  if (host.find_first_of(" \t/\\?#@,") != std::string_view::npos) return "The Host is malformed.";
  return {};
}

}  // namespace

// Beast calls back with what it has read; a refusal of ours stops it by the same error code.
class RequestReader::Parser final : public beast_http::basic_parser<true> {
 public:
  explicit Parser(const ReadLimits& limits) : limits_(limits) {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // counted in scan_head
    body_limit(boost::none);                                  // the consumer's business
    eager(false);
  }

  Head head;
  std::string_view fault;  // why we stopped the parser; empty when it stopped by itself
  int fault_status = 400;

  // Where body bytes go; set for one call of put().
  std::string* into = nullptr;
  std::size_t room = 0;

  // Between the data of two chunks, or before the first, or behind the last.
  bool is_at_chunk_header() const { return chunked() && chunk_left_ == 0; }

  void finish_head() {
    if (chunked()) head.content_length = std::nullopt;
    head.keep_alive = keep_alive() && !head.http_1_0;
  }

 private:
  void stop(BeastCode& error, std::string_view why, int status = 400) {
    if (!fault.empty()) return;
    fault = why;
    fault_status = status;
    error = beast_http::error::bad_value;
  }

  void on_request_impl(beast_http::verb /*verb*/, BeastView method, BeastView target, int version,
                       BeastCode& error) override {
    head.method = to_std(method);
    head.target = to_std(target);
    head.http_1_0 = version == 10;
    if (const auto why = fault_in_target(head.target); !why.empty()) stop(error, why);
  }

  void on_response_impl(int /*code*/, BeastView /*reason*/, int /*version*/,
                        BeastCode& /*error*/) override {}

  void on_field_impl(beast_http::field field, BeastView name, BeastView value,
                     BeastCode& error) override {
    if (is_header_over_) return;  // trailers mean nothing to us
    if (head.headers.size() >= limits_.headers_max) {
      return stop(error, "The request has too many headers.", 431);
    }
    check_field(field, to_std(value), error);
    head.headers.emplace_back(to_std(name), to_std(value));
  }

  void check_field(beast_http::field field, std::string_view value, BeastCode& error) {
    switch (field) {
      case beast_http::field::host:
        if (++hosts_ > 1) return stop(error, "The request has more than one Host.");
        if (const auto why = fault_in_host(value); !why.empty()) stop(error, why);
        return;
      case beast_http::field::content_length:
        if (++lengths_ > 1) return stop(error, "The request has more than one Content-Length.");
        head.content_length = parse_u64(value);
        if (!head.content_length) stop(error, "The Content-Length is not a number.");
        return;
      case beast_http::field::transfer_encoding:
        has_coding_ = true;
        if (!iequals(value, "chunked")) {
          stop(error, "The only Transfer-Encoding understood is chunked.", 501);
        }
        return;
      case beast_http::field::expect:
        if (!iequals(value, "100-continue")) {
          return stop(error, "The only expectation understood is 100-continue.", 417);
        }
        head.expects_continue = true;
        return;
      default: return;
    }
  }

  void on_header_impl(BeastCode& error) override {
    is_header_over_ = true;
    if (head.http_1_0 && has_coding_) {
      return stop(error, "HTTP/1.0 has no Transfer-Encoding.");
    }
    if (!head.http_1_0 && hosts_ == 0) stop(error, "The request has no Host.");
    if (head.http_1_0) head.expects_continue = false;
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/,
                         BeastCode& /*error*/) override {}

  std::size_t on_body_impl(BeastView bytes, BeastCode& /*error*/) override { return take(bytes); }

  void on_chunk_header_impl(std::uint64_t size, BeastView extensions, BeastCode& error) override {
    chunk_left_ = size;
    if (extensions.size() > kChunkExtensionBytesMax) {
      return stop(error, "A chunk extension is too long.");
    }
    if (std::any_of(extensions.begin(), extensions.end(), is_control)) {
      stop(error, "A chunk extension holds a control character.");
    }
  }

  std::size_t on_chunk_body_impl(std::uint64_t left, BeastView bytes,
                                 BeastCode& /*error*/) override {
    const std::size_t taken = take(bytes);
    chunk_left_ = left - taken;
    return taken;
  }

  void on_finish_impl(BeastCode& /*error*/) override {}

  std::size_t take(BeastView bytes) {
    const std::size_t count = std::min(bytes.size(), room - into->size());
    into->append(bytes.data(), count);
    return count;
  }

  const ReadLimits limits_;
  std::uint64_t chunk_left_ = 0;
  int hosts_ = 0;
  int lengths_ = 0;
  bool has_coding_ = false;
  bool is_header_over_ = false;
};

RequestReader::RequestReader(const ReadLimits& limits)
    : limits_(limits), parser_(std::make_unique<Parser>(limits)) {}
RequestReader::~RequestReader() = default;

Head& RequestReader::head() { return parser_->head; }
const Refusal& RequestReader::refusal() const { return refusal_; }
bool RequestReader::body_done() const { return parser_->is_done(); }

std::optional<std::uint64_t> RequestReader::body_left() const {
  if (parser_->is_done()) return 0;
  if (parser_->chunked()) return std::nullopt;
  return *parser_->content_length_remaining();
}

RequestReader::Progress RequestReader::refuse(int status, std::string_view reason) {
  refusal_ = {.status = status, .reason = reason};
  return Progress::Refused;
}

// Looks at every byte of the head once, however slowly it comes: line ends are CR LF and nothing
// else, no control characters, no folded lines. False when refused.
// One byte, one case: the rules of RFC 9112 in a row.
// NOLINTNEXTLINE(readability-function-cognitive-complexity)
bool RequestReader::scan_head(std::string_view bytes) {
  const auto fault = [this](std::string_view why) {
    refuse(400, why);
    return false;
  };
  if (scanned_ == 0 && !bytes.empty() && !is_token_char(bytes[0])) {
    return fault("This is not an HTTP/1.1 request.");
  }
  for (; scanned_ < bytes.size() && !head_ended_; ++scanned_) {
    const char c = bytes[scanned_];
    const bool after_cr = scanned_ > 0 && bytes[scanned_ - 1] == '\r';
    if (after_cr != (c == '\n')) return fault("A line of the head does not end in CR LF.");
    if (c == '\n') {
      head_ended_ = scanned_ == line_start_ + 1;
      line_start_ = scanned_ + 1;
      continue;
    }
    if (is_control(c) && c != '\t' && c != '\r') {
      return fault("The head holds a control character.");
    }
    if (scanned_ == line_start_ && (c == ' ' || c == '\t')) {
      return fault("A header is folded over two lines.");
    }
  }
  return true;
}

RequestReader::Progress RequestReader::read_head(std::string_view bytes, std::size_t& used) {
  used = 0;
  if (!scan_head(bytes.substr(0, limits_.head_bytes_max))) return Progress::Refused;
  if (!head_ended_) {
    if (bytes.size() < limits_.head_bytes_max) return Progress::NeedsMore;
    return refuse(431, "The head of the request is too large.");
  }
  while (used < scanned_) {
    BeastCode error;
    used += parser_->put({bytes.data() + used, scanned_ - used}, error);
    if (!parser_->fault.empty()) return refuse(parser_->fault_status, parser_->fault);
    if (error) return refuse(400, "The head of the request is malformed.");
    if (parser_->is_header_done()) break;
  }
  if (!parser_->is_header_done() || used != scanned_) {
    return refuse(400, "The head of the request is malformed.");
  }
  parser_->finish_head();
  return Progress::Done;
}

// One loop over what the parser may ask for.
// NOLINTNEXTLINE(readability-function-cognitive-complexity)
RequestReader::Progress RequestReader::read_body(std::string_view bytes, std::size_t& used,
                                                 std::string& into, std::size_t room) {
  used = 0;
  parser_->into = &into;
  parser_->room = room;
  while (!parser_->is_done() && used < bytes.size() && into.size() < room) {
    const bool is_header = parser_->is_at_chunk_header();
    const auto offered = bytes.substr(used, is_header ? kChunkHeaderBytesMax : bytes.npos);
    if (is_header && offered.size() < kChunkHeaderBytesMin) break;
    BeastCode error;
    used += parser_->put({offered.data(), offered.size()}, error);
    if (!parser_->fault.empty()) return refuse(400, parser_->fault);
    if (error == beast_http::error::need_more) {
      if (offered.size() < kChunkHeaderBytesMax) break;
      return refuse(400, "A chunk's size or the trailer is too long.");
    }
    if (error) return refuse(400, "A chunk of the body is malformed.");
  }
  return parser_->is_done() ? Progress::Done : Progress::NeedsMore;
}

}  // namespace sextant::net
