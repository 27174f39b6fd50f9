// One timer a connection, which is moved only to fire earlier: a deadline that moves on with every
// request costs nothing but the store, and the timer looks again when it fires.
#include <algorithm>

#include "net/connection.h"

namespace sextant::net {

void Connection::set_deadline(Clock::duration from_now) {
  deadline_ = Clock::now() + from_now;
  if (deadline_ < timer_at_) arm_timer();
}

// The socket has nothing to give or takes nothing: from now on the client's time runs.
void Connection::wait_for_client() { set_deadline(pace_.begin_wait(Clock::now())); }

void Connection::client_moved(std::size_t bytes) {
  if (pace_.is_waiting()) pace_.end_wait(Clock::now());
  pace_.moved(bytes);
}

void Connection::arm_timer() {
  timer_at_ = deadline_;
  timer_.expires_at(timer_at_);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->on_timer();
  });
}

void Connection::on_timer() {
  if (phase_ == Phase::Closed) return;
  timer_at_ = Clock::time_point::max();
  if (deadline_ == Clock::time_point::max()) return;
  if (Clock::now() < deadline_) return arm_timer();
  clear_deadline();
  on_deadline();
}

void Connection::on_deadline() {
  const bool is_head_begun = phase_ == Phase::Head && reader_ != nullptr;
  const bool is_body_stalled = phase_ == Phase::Busy && is_body_wanted_ && !is_writing_;
  if (is_head_begun) {
    began_ = Clock::now();
    closes_after_ = true;
    return refuse(Refused::Slow, 408, "The head of the request did not come in time.");
  }
  if (is_body_stalled) {
    shared_->metrics.refused(Refused::Slow);
    is_body_broken_ = true;
    return deliver(fail(Code::Unavailable, "the client sends the request's body too slowly"), true);
  }
  if (phase_ == Phase::Handshake) shared_->metrics.refused(Refused::Handshake);
  if (phase_ == Phase::Busy) shared_->metrics.refused(Refused::Slow);
  close();
}

}  // namespace sextant::net
