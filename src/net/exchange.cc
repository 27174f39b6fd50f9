#include "net/exchange.h"

#include <array>
#include <charconv>
#include <utility>

#include "core/log.h"
#include "net/connection.h"

namespace sextant::net {
namespace {

class RequestBody final : public Body {
 public:
  explicit RequestBody(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  void read(OnChunk on_chunk) override { exchange_->read_body(std::move(on_chunk)); }
  std::optional<std::uint64_t> length() const override { return exchange_->body_left(); }

 private:
  const std::shared_ptr<Exchange> exchange_;
};

// What a Responder holds: knows whether it was called.
class Answerer {
 public:
  explicit Answerer(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  Answerer(Answerer&&) noexcept = default;
  Answerer& operator=(Answerer&&) = delete;
  ~Answerer() {
    if (exchange_) exchange_->answer_nothing();
  }
  void operator()(Response response) {
    SX_CHECK(exchange_ != nullptr);  // a second answer to one request
    std::exchange(exchange_, nullptr)->answer(std::move(response));
  }

 private:
  std::shared_ptr<Exchange> exchange_;
};

bool has_no_body(int status) { return status == 204 || status == 304; }

std::string chunk_size_line(std::size_t size) {
  std::array<char, 16> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16);
  return std::string(digits.data(), end) + "\r\n";
}

int status_of(Code code) {
  return code == Code::Exhausted || code == Code::Unavailable ? 503 : 500;
}

}  // namespace

Exchange::Exchange(std::shared_ptr<ServerShared> shared, std::shared_ptr<Connection> connection,
                   Head head, BodyStart body)
    : shared_(std::move(shared)),
      connection_(std::move(connection)),
      is_head_(head.method == "HEAD"),
      is_http_1_0_(head.http_1_0),
      request_head_(std::move(head)),
      body_(std::move(body)) {}

Exchange::~Exchange() { shared_->in_progress.leave(); }

void Exchange::run() {
  if (shared_->stopping || is_cancelled_) return;
  Request request{.method = std::move(request_head_.method),
                  .target = std::move(request_head_.target),
                  .headers = std::move(request_head_.headers),
                  .body = std::make_unique<RequestBody>(shared_from_this()),
                  .peer_ip = connection_->peer().ip,
                  .peer_port = connection_->peer().port,
                  .tls = connection_->is_tls()};
  shared_->handler(std::move(request), Answerer(shared_from_this()));
}

// The request's body

void Exchange::note_read(const Result<std::string>& chunk, bool is_last) {
  if (!chunk) {
    body_error_ = chunk.error();
    return;
  }
  if (body_.left) *body_.left -= chunk->size();
  body_.is_all = body_.is_all || is_last;
}

void Exchange::read_body(Body::OnChunk on_chunk) {
  if (body_error_) return on_chunk(std::unexpected(*body_error_));
  if (!body_.bytes.empty() || body_.is_all) {
    Result<std::string> chunk = std::exchange(body_.bytes, {});
    note_read(chunk, body_.is_all);
    return on_chunk(std::move(chunk));
  }
  waiting_ = std::move(on_chunk);
  const bool asked =
      connection_->loop().post([self = shared_from_this()] { self->connection_->want_body(self); });
  if (asked) return;
  body_error_ = Error{.code = Code::Unavailable, .message = "the server has stopped"};
  std::exchange(waiting_, {})(std::unexpected(*body_error_));
}

void Exchange::deliver(Result<std::string> chunk, bool is_last) {
  shared_->workers.push([self = shared_from_this(), chunk = std::move(chunk), is_last]() mutable {
    self->note_read(chunk, is_last);
    std::exchange(self->waiting_, {})(std::move(chunk));
  });
}

// The answer

Framing Exchange::choose_framing(const Response& response) const {
  using Kind = Framing::Kind;
  if (has_no_body(response.status)) return {};
  if (is_head_ && response.head_length) return {Kind::Length, *response.head_length};
  if (!response.body) return {Kind::Length, 0};
  if (const auto length = response.body->length()) return {Kind::Length, *length};
  return {is_http_1_0_ ? Kind::UntilClose : Kind::Chunked, 0};
}

void Exchange::answer(Response response) {
  if (is_cancelled_) return;
  if (response.status < 200 || response.status > 599) {
    log::error("a handler gave an impossible status",
               {{"status", std::to_string(response.status)}});
    return send_failure(500, "The answer could not be made.");
  }
  framing_ = choose_framing(response);
  auto head = make_head(response.status, response.headers, framing_);
  if (!head) {
    log::error("a handler gave a header that would break the answer's framing");
    return send_failure(500, "The answer could not be made.");
  }
  status_ = response.status;
  head_ = std::move(*head);
  const bool has_body = response.body && !is_head_ && framing_.kind != Framing::Kind::None;
  if (!has_body) return send({.ends = true});
  answer_body_ = std::move(response.body);
  answer_left_ = framing_.length;
  send_next();
}

void Exchange::answer_nothing() {
  if (is_cancelled_) return;
  send_failure(500, "The request was not answered.");
}

void Exchange::send_next() {
  if (is_cancelled_) return answer_body_.reset();
  answer_body_->read(
      [self = shared_from_this()](Result<std::string> chunk) { self->take(std::move(chunk)); });
}

void Exchange::take(Result<std::string> chunk) {
  if (!chunk) return fail_answer(chunk.error());
  if (framing_.kind == Framing::Kind::Length) return take_sized(std::move(*chunk));
  take_unsized(std::move(*chunk));
}

// The last bytes wait until the body has said that it is at its end: a body that finds itself
// corrupt only then must not reach the client as if it were whole.
void Exchange::take_sized(std::string chunk) {
  if (chunk.size() > answer_left_ || (chunk.empty() && answer_left_ > 0)) {
    return fail_answer({Code::Corrupt, "a body is not as long as it said"});
  }
  if (chunk.empty()) return send({.bytes = std::move(held_), .ends = true});
  answer_left_ -= chunk.size();
  if (answer_left_ > 0) return send({.bytes = std::move(chunk)});
  held_ = std::move(chunk);
  send_next();
}

void Exchange::take_unsized(std::string chunk) {
  const bool ends = chunk.empty();
  std::string prefix;
  if (framing_.kind == Framing::Kind::Chunked) {
    if (head_.empty()) prefix = "\r\n";  // ends the chunk before
    prefix += ends ? "0\r\n\r\n" : chunk_size_line(chunk.size());
  }
  send({.prefix = std::move(prefix), .bytes = std::move(chunk), .ends = ends});
}

void Exchange::send(AnswerPiece piece) {
  piece.head = std::exchange(head_, {});
  piece.closes = piece.closes || framing_.kind == Framing::Kind::UntilClose;
  if (piece.ends || piece.broken) answer_body_.reset();
  connection_->loop().post([self = shared_from_this(), piece = std::move(piece)]() mutable {
    self->connection_->send(self, std::move(piece));
  });
}

void Exchange::send_failure(int status, std::string_view text) {
  status_ = status;
  framing_ = {Framing::Kind::Length, text.size() + 1};
  head_ = make_head(status, {{"Content-Type", "text/plain"}}, framing_).value();
  std::string bytes = is_head_ ? "" : std::string(text) + "\n";
  send({.bytes = std::move(bytes), .ends = true, .closes = true});
}

void Exchange::fail_answer(const Error& error) {
  log::error("an answer could not be completed", {{"error", error.message}});
  if (!head_.empty()) return send_failure(status_of(error.code), "The answer could not be made.");
  send({.broken = true});
}

}  // namespace sextant::net
