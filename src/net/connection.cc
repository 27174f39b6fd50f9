#include "net/connection.h"

#include <algorithm>
#include <utility>

namespace sextant::net {
namespace {

// Enough for a head and a small body in one read; what a client may send ahead is no more.
constexpr std::size_t kHeadReadBytes = 16 * 1024;
constexpr std::size_t kReadAheadBytes = 64 * 1024;
// An unread body up to this size is read and thrown away, so that the connection can be kept.
constexpr std::uint64_t kSkippedBodyBytesMax = 64 * 1024;

// What fits into one TLS record goes out as one.
constexpr std::size_t kOneRecordBytes = 15 * 1024;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::size_t room_for(std::optional<std::uint64_t> left, std::size_t room) {
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(left.value_or(kReadAheadBytes), std::max<std::size_t>(room, 1)));
}

}  // namespace

Connection::Connection(std::shared_ptr<IoLoop> loop, std::shared_ptr<ServerShared> shared,
                       Stream stream, Peer peer)
    : loop_(std::move(loop)),
      shared_(std::move(shared)),
      peer_(std::move(peer)),
      stream_(std::move(stream)),
      pace_(shared_->options.stall_time_max, shared_->options.pace_bytes_min),
      timer_(loop_->context()) {}

Connection::~Connection() = default;

void Connection::start() {
  shared_->metrics.connections.add();
  shared_->metrics.connections_open.add(1);
  if (!loop_->add(shared_from_this())) return close();
  if (!is_tls()) return await_request();
  set_deadline(shared_->options.header_time_max);
  continue_handshake();
}

void Connection::close() {
  if (phase_ == Phase::Closed) return;
  phase_ = Phase::Closed;
  timer_.cancel();
  stream_.close();
  pending_ = std::string();
  hold_pending();
  if (exchange_) {
    exchange_->cancel();
    if (is_body_wanted_) deliver(fail(Code::Unavailable, "the client has gone"), true);
    end_exchange();
  }
  shared_->metrics.connections_open.add(-1);
  shared_->connections.fetch_sub(1);
  loop_->remove(shared_from_this());
}

void Connection::continue_handshake() {
  const auto outcome = stream_.handshake();
  if (outcome == Stream::Outcome::Ok) return await_request();
  if (outcome == Stream::Outcome::WantsRead || outcome == Stream::Outcome::WantsWrite) {
    return wait(outcome);
  }
  shared_->metrics.refused(Refused::Handshake);
  close();
}

// Heads

void Connection::await_request() {
  phase_ = Phase::Head;
  reader_.reset();
  is_answering_ = false;
  is_answer_whole_ = false;
  set_deadline(shared_->options.idle_time_max);
  if (pending_.empty()) return wait(Stream::Outcome::WantsRead);
  boost::asio::post(loop_->context(), [self = shared_from_this()] {
    if (self->phase_ == Phase::Head && !self->pending_.empty()) self->read_head(self->pending_);
  });
}

void Connection::receive_head() {
  std::string_view input;
  if (receive(kHeadReadBytes, input)) read_head(input);
}

void Connection::read_head(std::string_view input) {
  const bool begins = reader_ == nullptr;
  if (begins) {
    reader_ = std::make_unique<RequestReader>(
        ReadLimits{.head_bytes_max = shared_->options.header_bytes_max,
                   .headers_max = shared_->options.headers_max});
  }
  std::size_t used = 0;
  switch (reader_->read_head(input, used)) {
    case RequestReader::Progress::Done: return begin_request(input, used);
    case RequestReader::Progress::Refused: return refuse(reader_->refusal());
    case RequestReader::Progress::NeedsMore: break;
  }
  keep(input, 0);
  if (holds_too_much()) return refuse({.status = 503, .reason = "Too many requests are waiting."});
  if (begins) set_deadline(shared_->options.header_time_max);
  wait(Stream::Outcome::WantsRead);
}

void Connection::begin_request(std::string_view input, std::size_t used) {
  phase_ = Phase::Busy;
  clear_deadline();
  pace_.reset();
  began_ = Clock::now();
  const Head& head = reader_->head();
  closes_after_ = !head.keep_alive;
  owes_continue_ = head.expects_continue && !reader_->body_done();
  BodyStart body{.left = reader_->body_left()};
  if (!take_body_start(input, used, body)) return;
  if (shared_->draining) {
    return refuse(Refused::Draining, 503, "The node is stopping.");
  }
  if (!shared_->try_enter(head)) {
    return refuse(Refused::Busy, 503, "Too many requests are in progress.");
  }
  shared_->metrics.requests_open.add(1);
  exchange_ = std::make_shared<Exchange>(shared_, shared_from_this(), std::move(reader_->head()),
                                         std::move(body));
  shared_->workers.push([exchange = exchange_] { exchange->run(); });
}

// What has come with the head, or right behind it: clients often write the two one after the other.
// False when that has ended the request.
bool Connection::take_body_start(std::string_view input, std::size_t used, BodyStart& body) {
  for (bool has_looked_again = false;; has_looked_again = true) {
    std::size_t spent = 0;
    const auto progress = reader_->read_body(input.substr(used), spent, body.bytes, kChunkBytesMax);
    keep(input, used + spent);
    if (progress == RequestReader::Progress::Refused) {
      refuse(reader_->refusal());
      return false;
    }
    body.is_all = progress == RequestReader::Progress::Done;
    if (body.is_all || !body.bytes.empty()) owes_continue_ = false;
    if (body.is_all || owes_continue_ || has_looked_again) return true;
    used = 0;
    if (!receive(room_for(reader_->body_left(), kReadAheadBytes), input)) {
      return phase_ != Phase::Closed;
    }
  }
}

// Bodies of requests

void Connection::want_body(const std::shared_ptr<Exchange>& exchange) {
  if (exchange_ != exchange || phase_ != Phase::Busy) {
    return exchange->deliver(fail(Code::Unavailable, "the connection is no longer there"), true);
  }
  is_body_wanted_ = true;
  if (owes_continue_ && !is_answering_) {
    owes_continue_ = false;
    write(std::string(kContinue), {});
  }
  if (phase_ == Phase::Busy) pump_body();
}

void Connection::pump_body() {
  std::string chunk;
  std::string_view input = pending_;
  do {
    std::size_t used = 0;
    const auto progress = reader_->read_body(input, used, chunk, kChunkBytesMax);
    keep(input, used);
    if (progress == RequestReader::Progress::Refused) {
      shared_->metrics.refused(Refused::Malformed);
      is_body_broken_ = true;
      return deliver(fail(Code::Invalid, std::string(reader_->refusal().reason)), true);
    }
    const bool is_last = progress == RequestReader::Progress::Done;
    if (is_last || chunk.size() >= kChunkBytesMax) return deliver(std::move(chunk), is_last);
  } while (receive(room_for(reader_->body_left(), kChunkBytesMax - chunk.size()), input));
  if (phase_ == Phase::Closed) return;
  if (!chunk.empty()) return deliver(std::move(chunk), false);
  wait_for_client();
}

void Connection::deliver(Result<std::string> chunk, bool is_last) {
  is_body_wanted_ = false;
  if (!is_writing_) clear_deadline();
  exchange_->deliver(std::move(chunk), is_last);
}

void Connection::discard_body() {
  std::string discarded;
  std::string_view input = pending_;
  do {
    std::size_t used = 0;
    discarded.clear();
    const auto progress = reader_->read_body(input, used, discarded, kChunkBytesMax);
    keep(input, used);
    if (progress == RequestReader::Progress::Done) return await_request();
    if (progress == RequestReader::Progress::Refused) return close();
  } while (receive(room_for(reader_->body_left(), kReadAheadBytes), input));
}

bool Connection::is_body_cheap_to_skip() const {
  const auto left = reader_->body_left();
  return !owes_continue_ && left && *left <= kSkippedBodyBytesMax;
}

// Answers

bool Connection::must_close_after() const {
  if (closes_after_ || is_body_broken_ || shared_->draining || holds_too_much()) return true;
  return !reader_->body_done() && !is_body_cheap_to_skip();
}

void Connection::send(const std::shared_ptr<Exchange>& exchange, AnswerPiece piece) {
  if (exchange_ != exchange || phase_ != Phase::Busy) return;
  if (piece.broken) return close();
  if (!is_answering_) {
    is_answering_ = true;
    closes_after_ = piece.closes || must_close_after();
    finish_head(piece.head, closes_after_);
  }
  is_answer_whole_ = piece.ends;
  piece.head += piece.prefix;
  if (is_tls() && piece.bytes.size() <= kOneRecordBytes) {
    piece.head += std::exchange(piece.bytes, {});
  }
  write(std::move(piece.head), std::move(piece.bytes));
}

void Connection::refuse(Refused reason, int status, std::string_view text) {
  shared_->metrics.refused(reason);
  phase_ = Phase::Busy;
  refused_status_ = status;
  is_answering_ = true;
  is_answer_whole_ = true;
  closes_after_ = must_close_after();
  const bool has_body = reader_->head().method != "HEAD";
  write(make_short_answer(status, text, closes_after_, has_body), {});
}

void Connection::refuse(const Refusal& refusal) {
  began_ = Clock::now();
  closes_after_ = true;
  Refused reason = Refused::Malformed;
  if (refusal.status == 431) reason = Refused::TooLarge;
  if (refusal.status == 503) reason = Refused::Busy;
  refuse(reason, refusal.status, refusal.reason);
}

void Connection::finish_answer(int status) {
  const std::chrono::duration<double> taken = Clock::now() - began_;
  shared_->metrics.answered(status, taken.count());
  if (is_body_wanted_) {
    deliver(fail(Code::Unavailable, "the request was answered before its body was read"), true);
  }
  if (exchange_) end_exchange();
  if (closes_after_ || is_body_broken_) return linger();
  if (reader_->body_done()) return await_request();
  if (!is_body_cheap_to_skip()) return linger();
  phase_ = Phase::Draining;
  set_deadline(shared_->options.stall_time_max);
  discard_body();
}

void Connection::end_exchange() {
  exchange_->cancel();
  exchange_.reset();
  shared_->metrics.requests_open.add(-1);
}

}  // namespace sextant::net
