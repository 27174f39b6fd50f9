// The connection's bytes in and out. Reading and writing try first and wait only when told to.
#include <algorithm>
#include <utility>

#include "net/connection.h"

namespace sextant::net {
namespace {

constexpr std::chrono::seconds kLingerTime{2};
constexpr std::size_t kLingerBytesMax = 1024 * 1024;

std::string_view rest_of(const std::string& text, std::size_t from) {
  return from < text.size() ? std::string_view(text).substr(from) : std::string_view{};
}

}  // namespace

// Reads up to `room` bytes behind what is pending and shows both as `input`. False when there is
// nothing new: then the connection waits for more, or has been closed.
bool Connection::receive(std::size_t room, std::string_view& input) {
  const auto scratch = loop_->scratch();
  std::size_t count = 0;
  const auto outcome = stream_.read(scratch.data(), std::min(room, scratch.size()), count);
  if (outcome == Stream::Outcome::Ended || outcome == Stream::Outcome::Broken) {
    close();
    return false;
  }
  if (outcome != Stream::Outcome::Ok) {
    wait(outcome);
    return false;
  }
  shared_->metrics.bytes_in.add(count);
  client_moved(count);
  input = {scratch.data(), count};
  if (!pending_.empty()) input = pending_.append(input);
  return true;
}

// What of `input` is not yet used stays for the next time.
void Connection::keep(std::string_view input, std::size_t used) {
  if (used == input.size()) {
    pending_ = std::string();
  } else if (input.data() == pending_.data()) {
    pending_.erase(0, used);
  } else {
    pending_.assign(input.substr(used));
  }
  hold_pending();
}

void Connection::hold_pending() {
  if (held_ == pending_.size()) return;
  shared_->held_bytes += pending_.size() - held_;  // modulo 2^64 where it shrinks
  held_ = pending_.size();
}

void Connection::wait(Stream::Outcome wanted) {
  if (is_waiting_) return;
  is_waiting_ = true;
  const auto ready = [self = shared_from_this()](const boost::system::error_code& error) {
    self->is_waiting_ = false;
    if (self->phase_ == Phase::Closed) return;
    if (error) return self->close();
    self->on_ready();
  };
  if (stream_.has_buffered()) {
    boost::asio::post(loop_->context(), [ready] { ready({}); });
  } else {
    stream_.wait(wanted, ready);
  }
}

void Connection::on_ready() {
  switch (phase_) {
    case Phase::Handshake: return continue_handshake();
    case Phase::Head: return receive_head();
    case Phase::Busy:
      if (is_body_wanted_) pump_body();
      return;
    case Phase::Draining: return discard_body();
    case Phase::Lingering: return discard_lingering();
    case Phase::Closed: return;
  }
}

void Connection::write(std::string first, std::string second) {
  if (is_writing_) {  // a 100 Continue is still on its way
    out_first_ += first;
    out_second_ = std::move(second);
    return;
  }
  out_first_ = std::move(first);
  out_second_ = std::move(second);
  out_sent_ = 0;
  flush();
}

void Connection::flush() {
  is_writing_ = false;
  while (out_sent_ < out_first_.size() + out_second_.size()) {
    const auto first = rest_of(out_first_, out_sent_);
    const auto second = rest_of(out_second_, out_sent_ - std::min(out_sent_, out_first_.size()));
    std::size_t count = 0;
    const auto outcome = stream_.write(first, second, count);
    out_sent_ += count;
    shared_->metrics.bytes_out.add(count);
    client_moved(count);
    if (outcome == Stream::Outcome::Ok) continue;
    if (outcome == Stream::Outcome::Broken || outcome == Stream::Outcome::Ended) return close();
    is_writing_ = true;
    wait_for_client();
    stream_.wait(outcome, [self = shared_from_this()](const boost::system::error_code& error) {
      if (self->phase_ == Phase::Closed) return;
      if (error) return self->close();
      self->flush();
    });
    return;
  }
  out_first_ = std::string();
  out_second_ = std::string();
  if (!is_body_wanted_) clear_deadline();
  on_flushed();
}

void Connection::on_flushed() {
  if (!is_answering_) return;  // it was a 100 Continue
  if (is_answer_whole_) return finish_answer(exchange_ ? exchange_->status() : refused_status_);
  shared_->workers.push([exchange = exchange_] { exchange->send_next(); });
}

// Closing at once would make the kernel throw away what the client has not read yet, if there are
// bytes that we have not read: so let it see our end first, and listen on for a little.
void Connection::linger() {
  phase_ = Phase::Lingering;
  pending_ = std::string();
  hold_pending();
  stream_.shutdown_write();
  set_deadline(kLingerTime);
  discard_lingering();
}

void Connection::discard_lingering() {
  std::string_view input;
  while (receive(kChunkBytesMax, input)) {
    lingered_ += input.size();
    if (lingered_ > kLingerBytesMax) return close();
  }
}

}  // namespace sextant::net
