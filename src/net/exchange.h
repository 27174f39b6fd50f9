#pragma once
// One request and its answer, between the connection (on its I/O thread) and the handler (on
// others). Each field is touched by one side at a time: the side changes with every post to the
// loop and every task pushed to the workers.
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "core/body.h"
#include "net/request_reader.h"
#include "net/response_head.h"
#include "net/server_shared.h"

namespace sextant::net {

class Connection;

// A part of the answer on its way to the socket.
struct AnswerPiece {
  std::string head = {};    // of the answer, unfinished; empty once it has been sent
  std::string prefix = {};  // framing before the bytes
  std::string bytes = {};
  bool ends = false;
  bool closes = false;  // the client must not take this connection for another request
  bool broken = false;  // the answer cannot be completed: cut the connection
};

// The part of the request's body that came along with its head.
struct BodyStart {
  std::string bytes = {};
  bool is_all = false;
  std::optional<std::uint64_t> left = std::nullopt;  // bytes included; nullopt: chunked
};

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  // Takes over one entry of shared->in_progress.
  Exchange(std::shared_ptr<ServerShared> shared, std::shared_ptr<Connection> connection, Head head,
           BodyStart body);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // For the connection.
  void cancel() { is_cancelled_ = true; }
  int status() const { return status_; }
  // Hands a chunk of the request's body, empty at its end, to whoever waits for it, on a worker.
  void deliver(Result<std::string> chunk, bool is_last);

  // For the workers.
  void run();
  void send_next();

  // For the handler's Responder and the request's Body; any thread, one call at a time.
  void answer(Response response);
  void answer_nothing();
  void read_body(Body::OnChunk on_chunk);
  std::optional<std::uint64_t> body_left() const { return body_.left; }

 private:
  Framing choose_framing(const Response& response) const;
  void take(Result<std::string> chunk);
  void take_sized(std::string chunk);
  void take_unsized(std::string chunk);
  void send(AnswerPiece piece);
  void send_failure(int status, std::string_view text);
  void fail_answer(const Error& error);
  void note_read(const Result<std::string>& chunk, bool is_last);

  const std::shared_ptr<ServerShared> shared_;
  const std::shared_ptr<Connection> connection_;
  std::atomic<bool> is_cancelled_ = false;
  const bool is_head_;
  const bool is_http_1_0_;
  Head request_head_;
  BodyStart body_;
  std::optional<Error> body_error_;
  Body::OnChunk waiting_;  // the one outstanding read of the request's body

  int status_ = 500;
  std::unique_ptr<Body> answer_body_;
  Framing framing_;
  std::string head_;  // until it is sent with the first bytes
  std::uint64_t answer_left_ = 0;
  std::string held_;  // the last bytes, kept back until the body has confirmed its end
};

}  // namespace sextant::net
