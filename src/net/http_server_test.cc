#include "net/http_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <semaphore>
#include <thread>

#include "core/guarded.h"
#include "tests/support/raw_client.h"
#include "tests/support/server_test.h"

namespace sextant::net {
namespace {

using namespace test;

class FailingBody final : public Body {
 public:
  FailingBody(std::uint64_t length, int chunks) : length_(length), chunks_(chunks) {}
  void read(OnChunk on_chunk) override {
    if (chunks_-- > 0) return on_chunk(std::string(10, 'x'));
    on_chunk(fail(Code::Corrupt, "the stored file is damaged"));
  }
  std::optional<std::uint64_t> length() const override { return length_; }

 private:
  const std::uint64_t length_;
  int chunks_;
};

// Says when it is gone.
class CountedBody final : public Body {
 public:
  explicit CountedBody(std::atomic<int>& left) : left_(left) {}
  ~CountedBody() override { --left_; }
  void read(OnChunk on_chunk) override { bytes_.read(std::move(on_chunk)); }
  std::optional<std::uint64_t> length() const override { return bytes_.length(); }

 private:
  std::atomic<int>& left_;
  RepeatedBody bytes_{10 << 20};
};

class HttpServerTest : public ServerTest {};

TEST_F(HttpServerTest, PassesTheRequestAsItWasSent) {
  Request seen;
  start([&](Request request, Responder respond) {
    seen = std::move(request);
    respond(text_response(200, "hello"));
  });
  RawClient client(server_->port());
  ASSERT_TRUE(
      client.send("BREW /a%20b/?x=1&y HTTP/1.1\r\nhOst: there\r\nX-A:  1 2 \t\r\nX-a:\r\n\r\n"));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hello");
  EXPECT_EQ(seen.method, "BREW");
  EXPECT_EQ(seen.target, "/a%20b/?x=1&y");
  EXPECT_EQ(seen.path(), "/a%20b/");
  EXPECT_EQ(seen.query(), "x=1&y");
  EXPECT_EQ(seen.headers, (Headers{{"hOst", "there"}, {"X-A", "1 2"}, {"X-a", ""}}));
  EXPECT_EQ(seen.peer_ip, "127.0.0.1");
  EXPECT_NE(seen.peer_port, 0);
  EXPECT_FALSE(seen.tls);
  EXPECT_EQ(seen.body->length(), 0u);
}

TEST_F(HttpServerTest, KeepsTheConnectionAndAnswersPipelinedRequestsInOrder) {
  start([](Request request, Responder respond) { respond(text_response(200, request.target)); });
  RawClient client(server_->port());
  std::string many;
  for (int i = 0; i < 300; ++i) {
    many += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }
  ASSERT_TRUE(client.send(many));
  for (int i = 0; i < 300; ++i) {
    const auto answer = client.receive();
    ASSERT_TRUE(answer) << i;
    EXPECT_EQ(answer->body, "/" + std::to_string(i));
  }
}

TEST_F(HttpServerTest, ReadsBodiesHoweverTheyAreCut) {
  start(echo);
  const std::string chunked =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "4\r\nWiki\r\nA;name=value\r\npedia in a\r\n0\r\nTrailer: x\r\n\r\n";
  const std::string sized = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\n\r\nWikipedia in a";
  for (const auto& bytes : {chunked, sized}) {
    for (const std::size_t step : {1uz, 2uz, 7uz, 50uz, bytes.size()}) {
      RawClient client(server_->port());
      for (std::size_t at = 0; at < bytes.size(); at += step) {
        ASSERT_TRUE(client.send(std::string_view(bytes).substr(at, step)));
      }
      ASSERT_TRUE(client.send(kGet));
      const auto answer = client.receive();
      ASSERT_TRUE(answer);
      EXPECT_EQ(answer->body, "Wikipedia in a");
      const auto next = client.receive();
      ASSERT_TRUE(next);
      EXPECT_EQ(next->body, "");
    }
  }
}

TEST_F(HttpServerTest, Asks100ContinueOnlyWhenTheBodyIsWanted) {
  start([](Request request, Responder respond) {
    if (request.target == "/no") return respond(text_response(403, "no"));
    echo(std::move(request), std::move(respond));
  });
  const std::string head =
      " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  RawClient wanted(server_->port());
  ASSERT_TRUE(wanted.send("PUT /" + head));
  ASSERT_EQ(wanted.receive().value().status, 100);
  ASSERT_TRUE(wanted.send("ok"));
  EXPECT_EQ(wanted.receive().value().body, "ok");

  RawClient unwanted(server_->port());
  ASSERT_TRUE(unwanted.send("PUT /no" + head));
  const auto answer = unwanted.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 403);
  EXPECT_TRUE(answer->head.contains("Connection: close"));
  EXPECT_TRUE(unwanted.is_closed());
}

TEST_F(HttpServerTest, FramesAnswersByWhatTheirBodyKnows) {
  start([](Request request, Responder respond) {
    Response response;
    response.headers = {{"Content-Length", "7"}, {"connection", "close"}, {"X-Kept", "yes"}};
    if (request.target == "/sized") response.body = std::make_unique<RepeatedBody>(600'000, true);
    if (request.target == "/chunked")
      response.body = std::make_unique<RepeatedBody>(600'000, false);
    if (request.target == "/204") response.status = 204;
    respond(std::move(response));
  });
  RawClient client(server_->port());
  const auto ask = [&](const std::string& target) {
    EXPECT_TRUE(client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"));
    return client.receive().value_or(RawAnswer{});
  };
  const auto sized = ask("/sized");
  EXPECT_EQ(sized.body, std::string(600'000, 'x'));
  EXPECT_TRUE(sized.head.contains("Content-Length: 600000\r\n"));
  EXPECT_TRUE(sized.head.contains("X-Kept: yes\r\n"));
  EXPECT_FALSE(sized.head.contains("lose"));
  const auto chunked = ask("/chunked");
  EXPECT_EQ(chunked.body, std::string(600'000, 'x'));
  EXPECT_TRUE(chunked.head.contains("Transfer-Encoding: chunked\r\n"));
  EXPECT_FALSE(chunked.head.contains("Content-Length"));
  EXPECT_TRUE(ask("/empty").head.contains("Content-Length: 0\r\n"));
  const auto none = ask("/204");
  EXPECT_EQ(none.status, 204);
  EXPECT_FALSE(none.head.contains("Content-Length"));
}

TEST_F(HttpServerTest, HeadGetsTheLengthAndNoBody) {
  start([](Request request, Responder respond) {
    if (request.target == "/told") return respond({.headers = {}, .head_length = 12'345});
    respond(text_response(200, "four"));
  });
  RawClient client(server_->port());
  for (const auto& [target, length] :
       {std::pair{"/told", "Content-Length: 12345\r\n"}, {"/body", "Content-Length: 4\r\n"}}) {
    ASSERT_TRUE(client.send("HEAD " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n"));
    const auto answer = client.receive(false);
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->head.contains(length)) << answer->head;
  }
}

TEST_F(HttpServerTest, SpeaksHttp10AndCloses) {
  start([](Request, Responder respond) {
    respond({.headers = {}, .body = std::make_unique<RepeatedBody>(300'000, false)});
  });
  RawClient client(server_->port());
  ASSERT_TRUE(client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, std::string(300'000, 'x'));
  EXPECT_FALSE(answer->head.contains("Transfer-Encoding"));
  EXPECT_TRUE(answer->head.contains("Connection: close"));
}

TEST_F(HttpServerTest, AnswersLaterFromAnyThreadAndInAnyOrder) {
  std::promise<Responder> first;
  start([&](Request request, Responder respond) {
    if (request.target == "/later") return first.set_value(std::move(respond));
    respond(text_response(200, "now"));
  });
  RawClient slow(server_->port());
  RawClient quick(server_->port());
  ASSERT_TRUE(slow.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n"));
  auto respond = first.get_future().get();
  ASSERT_TRUE(quick.send(kGet));
  EXPECT_EQ(quick.receive().value().body, "now");
  std::jthread([&] { respond(text_response(200, "later")); }).join();
  EXPECT_EQ(slow.receive().value().body, "later");
}

// A client that waits for an answer and goes: whoever holds its request answers, or gives it up, as
// ever; then nothing of it is left.
TEST_F(HttpServerTest, ClientsThatLeaveWhileTheirAnswerIsAwaitedLeaveNothingBehind) {
  constexpr int kClients = 20;
  Guarded<std::vector<Responder>> held;
  std::counting_semaphore<> waiting(0);
  start([&](Request request, Responder respond) {
    if (request.target == "/now") return respond(text_response(200, "now"));
    held.with([&](auto& all) { all.push_back(std::move(respond)); });
    waiting.release();
  });
  for (int i = 0; i < kClients; ++i) {
    RawClient client(server_->port());
    ASSERT_TRUE(client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n"));
    waiting.acquire();
    i % 2 == 0 ? client.reset() : client.close();
  }
  auto answers = held.with([](auto& all) { return std::exchange(all, {}); });
  std::atomic<int> bodies = kClients;
  for (int i = 0; i < kClients; ++i) {
    if (i % 4 == 3) continue;  // given up: destroyed without an answer
    answers[static_cast<std::size_t>(i)](
        {.headers = {}, .body = std::make_unique<CountedBody>(bodies)});
  }
  bodies -= kClients / 4;
  answers.clear();
  RawClient next(server_->port());
  ASSERT_TRUE(next.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(next.receive().value().body, "now");
  ASSERT_TRUE(server_->drain(std::chrono::seconds(20)));
  EXPECT_EQ(metric("sextant_http_requests_open"), 0);
  EXPECT_EQ(bodies, 0);
}

TEST_F(HttpServerTest, ARequestThatNobodyAnswersGets500AndAClosedConnection) {
  start([](Request request, Responder) {
    if (request.target == "/throws") throw std::runtime_error("broken handler");
  });
  for (const std::string target : {"/forgets", "/throws"}) {
    RawClient client(server_->port());
    ASSERT_TRUE(client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"));
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 500);
    EXPECT_TRUE(client.is_closed());
  }
}

TEST_F(HttpServerTest, AHeaderThatWouldSplitTheAnswerIsNotSent) {
  start([](Request, Responder respond) {
    respond({.headers = {{"X-Name", "a\r\nSet-Cookie: evil"}}, .body = make_body("x")});
  });
  RawClient client(server_->port());
  ASSERT_TRUE(client.send(kGet));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  EXPECT_FALSE(answer->head.contains("evil"));
}

TEST_F(HttpServerTest, ABodyThatFailsIsNeverTakenForAWholeOne) {
  start([](Request request, Responder respond) {
    int chunks = 0;                               // fails at once: the head can still say so
    if (request.target == "/middle") chunks = 1;  // of two
    if (request.target == "/end") chunks = 1;     // of one: fails when it should confirm its end
    const auto length = request.target == "/end" ? 10u : 20u;
    respond({.headers = {}, .body = std::make_unique<FailingBody>(length, chunks)});
  });
  const auto ask = [&](const std::string& target) {
    RawClient client(server_->port());
    EXPECT_TRUE(client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"));
    return client.receive();
  };
  EXPECT_EQ(ask("/start").value().status, 500);
  EXPECT_FALSE(ask("/middle"));
  EXPECT_EQ(ask("/end").value().status, 500);
}

TEST_F(HttpServerTest, AnEarlyAnswerSkipsASmallBodyAndClosesBeforeALargeOne) {
  start([](Request, Responder respond) { respond(text_response(200, "early")); });
  RawClient small(server_->port());
  ASSERT_TRUE(small.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\n\r\n"));
  ASSERT_EQ(small.receive().value().body, "early");
  ASSERT_TRUE(small.send(std::string(40'000, 'b')));
  ASSERT_TRUE(small.send(kGet));
  EXPECT_EQ(small.receive().value().body, "early");

  for (const std::string framing : {"Content-Length: 4000000", "Transfer-Encoding: chunked"}) {
    RawClient large(server_->port());
    ASSERT_TRUE(large.send("PUT / HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n"));
    const auto answer = large.receive();
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->head.contains("Connection: close"));
    large.send(std::string(100'000, 'b'));
    large.shutdown_write();
    EXPECT_TRUE(large.is_closed());
  }
}

TEST_F(HttpServerTest, AnswersWhileTheBodyIsStillComing) {
  start([](Request request, Responder respond) {
    respond({.headers = {}, .body = std::move(request.body)});
  });
  RawClient client(server_->port());
  ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
  std::string sent;
  std::jthread sender([&] {
    for (int i = 0; i < 100; ++i) {
      client.send("4000\r\n" + std::string(0x4000, static_cast<char>('a' + i % 26)) + "\r\n");
    }
    client.send("0\r\n\r\n");
  });
  for (int i = 0; i < 100; ++i) sent += std::string(0x4000, static_cast<char>('a' + i % 26));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, sent);
}

TEST_F(HttpServerTest, TooManyRequestsInProgressGet503AtOnce) {
  std::counting_semaphore<> entered(0);
  std::vector<Responder> held;
  std::mutex mutex;
  start(
      [&](Request, Responder respond) {
        {
          std::lock_guard lock(mutex);
          held.push_back(std::move(respond));
        }
        entered.release();
      },
      {.requests_in_progress_max = 3});
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawClient>(server_->port()));
    ASSERT_TRUE(clients.back()->send(kGet));
    entered.acquire();
  }
  RawClient extra(server_->port());
  ASSERT_TRUE(extra.send(kGet));
  const auto refused = extra.receive();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_TRUE(refused->head.contains("Retry-After: 1\r\n"));
  for (auto& respond : held) respond(text_response(200, "done"));
  held.clear();
  for (auto& client : clients) EXPECT_EQ(client->receive().value().body, "done");
  ASSERT_TRUE(extra.send(kGet));  // the refusal has left the connection usable
  entered.acquire();
  held.front()(text_response(200, "again"));
  EXPECT_EQ(extra.receive().value().body, "again");
}

TEST_F(HttpServerTest, DrainWaitsForWhatIsInProgressAndRefusesTheRest) {
  std::promise<Responder> held;
  start([&](Request, Responder respond) { held.set_value(std::move(respond)); });
  RawClient busy(server_->port());
  RawClient idle(server_->port());
  ASSERT_TRUE(busy.send(kGet));
  auto respond = held.get_future().get();
  EXPECT_FALSE(server_->drain(std::chrono::seconds(0)));
  ASSERT_TRUE(idle.send(kGet));
  const auto refused = idle.receive();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_TRUE(refused->head.contains("Connection: close"));
  EXPECT_TRUE(idle.is_closed());
  auto drained =
      std::async(std::launch::async, [&] { return server_->drain(std::chrono::seconds(10)); });
  respond(text_response(200, "last"));
  EXPECT_TRUE(drained.get());
  EXPECT_EQ(busy.receive().value().body, "last");
  EXPECT_FALSE(RawClient(server_->port()).is_connected());
}

TEST_F(HttpServerTest, WhatIsHeldByAHandlerMayOutliveTheServer) {
  std::promise<std::pair<Request, Responder>> held;
  start([&](Request request, Responder respond) {
    held.set_value({std::move(request), std::move(respond)});
  });
  RawClient client(server_->port());
  ASSERT_TRUE(client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12"));
  auto [request, respond] = held.get_future().get();
  server_.reset();
  EXPECT_TRUE(client.is_closed());
  const auto body = read_all_blocking(std::move(request.body), 100);
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, Code::Unavailable);
  respond(text_response(200, "too late"));
}

TEST_F(HttpServerTest, CountsWhatItDoes) {
  start([](Request, Responder respond) { respond(text_response(404, "no")); });
  {
    RawClient client(server_->port());
    ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    ASSERT_TRUE(client.receive());
    ASSERT_TRUE(client.is_closed());
    RawClient bad(server_->port());
    ASSERT_TRUE(bad.send("\x16\x03\x01"));
    ASSERT_EQ(bad.receive().value().status, 400);
  }
  server_.reset();
  const std::string text = registry_.prometheus();
  for (const std::string_view line :
       {"sextant_http_connections_open 0\n", "sextant_http_connections_total 2\n",
        "sextant_http_requests_open 0\n", "sextant_http_requests_total{class=\"4xx\"} 2\n",
        "sextant_http_request_seconds_count 2\n", "sextant_http_received_bytes_total 49\n",
        "sextant_http_refused_total{reason=\"malformed\"} 1\n"}) {
    EXPECT_TRUE(text.contains(line)) << line << "\n" << text;
  }
}

TEST_F(HttpServerTest, ManyClientsOverSeveralIoThreadsEachGetTheirOwnAnswers) {
  start(echo, {.io_threads = 3});
  std::vector<std::jthread> clients;
  std::atomic<int> right = 0;
  for (int id = 0; id < 12; ++id) {
    clients.emplace_back([&, id] {
      RawClient client(server_->port());
      for (int i = 0; i < 50; ++i) {
        const std::string body =
            std::to_string(id) + std::string(static_cast<std::size_t>(i) * 997, 'b');
        client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
                    "\r\n\r\n" + body);
        const auto answer = client.receive();
        if (answer && answer->body == body) ++right;
      }
    });
  }
  clients.clear();
  EXPECT_EQ(right, 12 * 50);
}

TEST_F(HttpServerTest, AnIpv4ClientOfAnIpv6SocketHasItsIpv4Address) {
  start([](Request request, Responder respond) { respond(text_response(200, request.peer_ip)); },
        {.address = "::ffff:127.0.0.1"});
  RawClient client(server_->port());
  ASSERT_TRUE(client.send(kGet));
  EXPECT_EQ(client.receive().value().body, "127.0.0.1");
}

TEST_F(HttpServerTest, ATakenPortAndABadAddressAreSaidClearly) {
  start([](Request, Responder) {});
  ServerOptions options;
  options.port = server_->port();
  const auto taken = HttpServer::start(options, [](Request, Responder) {}, registry_);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::Conflict);
  EXPECT_TRUE(taken.error().message.contains(std::to_string(options.port)));
  for (const std::string address : {"localhost", "256.0.0.1", "192.0.2.77"}) {
    options.address = address;
    const auto bad = HttpServer::start(options, [](Request, Responder) {}, registry_);
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, Code::Invalid) << address;
  }
}

}  // namespace
}  // namespace sextant::net
