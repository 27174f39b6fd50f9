#pragma once
// One client's connection: reads heads, lets requests in or refuses them, moves body bytes when
// they are asked for, writes answers. Everything but post() of its loop happens on its I/O thread.
// An idle connection holds no buffer; between two waits it uses the loop's.
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "net/client_pace.h"
#include "net/exchange.h"
#include "net/io_loop.h"
#include "net/request_reader.h"
#include "net/server_shared.h"
#include "net/stream.h"

namespace sextant::net {

struct Peer {
  std::string ip;
  std::uint16_t port = 0;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<IoLoop> loop, std::shared_ptr<ServerShared> shared, Stream stream,
             Peer peer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Any thread.
  IoLoop& loop() const { return *loop_; }
  const Peer& peer() const { return peer_; }
  bool is_tls() const { return stream_.is_tls(); }

  // The I/O thread only.
  void start();
  void close();
  void want_body(const std::shared_ptr<Exchange>& exchange);
  void send(const std::shared_ptr<Exchange>& exchange, AnswerPiece piece);

 private:
  using Clock = std::chrono::steady_clock;
  enum class Phase { Handshake, Head, Busy, Draining, Lingering, Closed };

  // Time (connection_deadline.cc)
  void set_deadline(Clock::duration from_now);
  void wait_for_client();
  void client_moved(std::size_t bytes);
  void clear_deadline() { deadline_ = Clock::time_point::max(); }
  void arm_timer();
  void on_timer();
  void on_deadline();

  // Bytes (connection_io.cc)
  bool receive(std::size_t room, std::string_view& input);
  void keep(std::string_view input, std::size_t used);
  void hold_pending();
  bool holds_too_much() const {
    return held_ > 0 && shared_->held_bytes > shared_->options.held_bytes_max;
  }
  void wait(Stream::Outcome wanted);
  void on_ready();
  void write(std::string first, std::string second);
  void flush();
  void on_flushed();
  void linger();
  void discard_lingering();

  // Requests (connection.cc)
  void continue_handshake();
  void await_request();
  void receive_head();
  void read_head(std::string_view input);
  void begin_request(std::string_view input, std::size_t used);
  bool take_body_start(std::string_view input, std::size_t used, BodyStart& body);
  void pump_body();
  void discard_body();
  void deliver(Result<std::string> chunk, bool is_last);
  void refuse(Refused reason, int status, std::string_view text);
  void refuse(const Refusal& refusal);
  bool must_close_after() const;
  bool is_body_cheap_to_skip() const;
  void finish_answer(int status);
  void end_exchange();

  const std::shared_ptr<IoLoop> loop_;
  const std::shared_ptr<ServerShared> shared_;
  const Peer peer_;
  Stream stream_;
  Phase phase_ = Phase::Handshake;

  std::string pending_;   // received, not yet understood
  std::size_t held_ = 0;  // its size, as counted in shared_->held_bytes
  std::unique_ptr<RequestReader> reader_;
  std::shared_ptr<Exchange> exchange_;
  Clock::time_point began_{};
  int refused_status_ = 0;        // of an answer made without an exchange
  bool is_body_wanted_ = false;   // exchange_ waits for a chunk
  bool is_body_broken_ = false;   // it stalled or broke the framing
  bool owes_continue_ = false;    // 100 Continue
  bool is_answering_ = false;     // the head of the answer is out
  bool is_answer_whole_ = false;  // and so is its last byte, but for what is in out_
  bool closes_after_ = false;
  bool is_waiting_ = false;  // for the socket to be readable
  std::size_t lingered_ = 0;

  std::string out_first_;
  std::string out_second_;
  std::size_t out_sent_ = 0;
  bool is_writing_ = false;  // waits for the socket to take more

  ClientPace pace_;
  boost::asio::steady_timer timer_;
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point timer_at_ = Clock::time_point::max();
};

}  // namespace sextant::net
