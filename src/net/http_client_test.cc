#include "net/http_client.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <atomic>
#include <future>
#include <set>

#include "net/http_server.h"
#include "tests/support/raw_client.h"
#include "tests/support/server_test.h"

namespace sextant::net {
namespace {

using namespace test;

class HttpClientTest : public ServerTest {};

TEST_F(HttpClientTest, SendsAndReceivesWholeBodies) {
  start(echo);
  HttpClient client;
  const auto answer = client.send({.method = "POST",
                                   .url = url("/x"),
                                   .headers = {{"X-Empty", ""}, {"X-A", "b"}},
                                   .body = "hello"});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hello");
  EXPECT_EQ(find_header(answer->headers, "content-length"), "5");
}

TEST_F(HttpClientTest, SendsExactlyTheHeadersItWasGiven) {
  Request seen;
  start([&](Request request, Responder respond) {
    seen = std::move(request);
    respond({.headers = {{"X", " spaced "}, {"Y", ""}}});
  });
  HttpClient client;
  const auto answer = client.send({.method = "PUT",
                                   .url = url("/a/../b%2fc?d=%20#e"),
                                   .headers = {{"X-Empty", ""}, {"Content-Type", "a/b"}}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(seen.method, "PUT");
  EXPECT_EQ(seen.target, "/a/../b%2fc?d=%20");
  EXPECT_EQ(find_header(seen.headers, "X-Empty"), "");
  EXPECT_EQ(find_header(seen.headers, "content-type"), "a/b");
  EXPECT_EQ(find_header(seen.headers, "content-length"), "0");
  EXPECT_FALSE(find_header(seen.headers, "expect"));
  EXPECT_EQ(find_header(answer->headers, "X"), "spaced");
  EXPECT_EQ(find_header(answer->headers, "Y"), "");
}

TEST_F(HttpClientTest, KeepsItsConnection) {
  std::set<std::uint16_t> ports;
  start([&](Request request, Responder respond) {
    ports.insert(request.peer_port);
    respond({.status = 404, .headers = {}, .body = make_body("no")});
  });
  HttpClient client;
  for (const std::string method : {"GET", "HEAD", "DELETE", "PUT", "GET"}) {
    const auto answer = client.send({.method = method, .url = url("/")});
    ASSERT_TRUE(answer) << method << answer.error().message;
    EXPECT_EQ(answer->status, 404);
    EXPECT_EQ(answer->body, method == "HEAD" ? "" : "no");
  }
  EXPECT_EQ(ports.size(), 1u);
}

// 100 MiB in each direction at once through a server that never holds more than a few chunks.
TEST_F(HttpClientTest, StreamsLargeBodiesInConstantMemory) {
  constexpr std::uint64_t kBytes = 100ull << 20;
  start([](Request request, Responder respond) {
    auto body = std::make_shared<std::unique_ptr<Body>>(std::move(request.body));
    auto total = std::make_shared<std::uint64_t>(0);
    drain(
        std::move(*body),
        [total](std::string_view chunk) -> Result<> {
          *total += chunk.size();
          return {};
        },
        [total, respond = std::move(respond)](Result<> done) mutable {
          ASSERT_TRUE(done);
          respond({.headers = {}, .body = std::make_unique<RepeatedBody>(*total)});
        });
  });
  const auto before = peak_resident_bytes();
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  HttpClient client;
  const auto answer =
      client.send({.method = "PUT",
                   .url = url("/large"),
                   .body_reader =
                       [&](char* into, std::size_t room) {
                         const auto count = std::min<std::uint64_t>(room, kBytes - sent);
                         std::fill_n(into, count, 'u');
                         sent += count;
                         return static_cast<std::size_t>(count);
                       },
                   .body_length = kBytes,
                   .on_body = [&](std::string_view bytes) { received += bytes.size(); }});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(received, kBytes);
  if (kMemoryIsOurs) {
    EXPECT_LT(peak_resident_bytes() - before, 16u << 20);
  }
}

TEST_F(HttpClientTest, ErrorsSayWhoseFaultItIs) {
  start([](Request, Responder) {});
  HttpClient client;
  const auto expect_error = [&](const ClientRequest& request, Code code) {
    const auto answer = client.send(request);
    ASSERT_FALSE(answer) << request.url;
    EXPECT_EQ(answer.error().code, code) << request.url << ": " << answer.error().message;
    EXPECT_TRUE(answer.error().message.contains(request.url));
  };
  expect_error({.url = "gopher://127.0.0.1/"}, Code::Invalid);
  expect_error({.url = "file:///etc/passwd"}, Code::Invalid);
  expect_error({.url = "http://127.0.0.1:99999/"}, Code::Invalid);
  const std::string gone = url("/");
  server_.reset();
  expect_error({.url = gone}, Code::Unavailable);
}

TEST_F(HttpClientTest, GivesUpWhenItsTimeIsUp) {
  std::promise<Responder> held;
  start([&](Request, Responder respond) { held.set_value(std::move(respond)); });
  HttpClient client;
  const auto answer = client.send({.url = url("/"), .time_max = std::chrono::milliseconds(50)});
  server_.reset();  // the handler may still be at `held`
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::Unavailable);
}

// TLS

TEST_F(HttpClientTest, TalksTlsToAServerItTrusts) {
  const TestCertificate certificate(folder_.path());
  ServerOptions options;
  options.tls = certificate.files;
  std::atomic<bool> was_tls = false;
  start(
      [&](Request request, Responder respond) {
        was_tls = request.tls;
        echo(std::move(request), std::move(respond));
      },
      options);
  HttpClient client;
  const std::string large(900'000, 'L');
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.send({.method = "PUT",
                                     .url = secure_url("/"),
                                     .headers = {{"Expect", "100-continue"}},
                                     .body = large,
                                     .ca_file = certificate.files.certificate_chain});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, large);
  }
  EXPECT_TRUE(was_tls);
  const auto distrustful = client.send({.url = secure_url("/")});
  ASSERT_FALSE(distrustful);
  EXPECT_EQ(distrustful.error().code, Code::Unavailable);
}

TEST_F(HttpClientTest, ATlsServerSurvivesThoseWhoSpeakNone) {
  const TestCertificate certificate(folder_.path());
  ServerOptions options;
  options.tls = certificate.files;
  options.header_time_max = std::chrono::milliseconds(100);
  start(echo, options);
  RawClient plain(server_->port());
  ASSERT_TRUE(plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_FALSE(plain.receive());
  RawClient silent(server_->port());
  EXPECT_TRUE(silent.is_closed());
  RawClient dying(server_->port());
  dying.send("\x16\x03\x01");
  dying.reset();
  HttpClient client;
  const auto answer =
      client.send({.url = secure_url("/"), .ca_file = certificate.files.certificate_chain});
  EXPECT_TRUE(answer) << answer.error().message;
}

TEST_F(HttpClientTest, OldTlsIsRefused) {
  const TestCertificate certificate(folder_.path());
  ServerOptions options;
  options.tls = certificate.files;
  start(echo, options);
  for (const int version : {TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION}) {
    RawClient raw(server_->port());
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(
        SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    const std::unique_ptr<SSL, decltype(&SSL_free)> session(SSL_new(context.get()), SSL_free);
    SSL_set_fd(session.get(), raw.socket());
    EXPECT_EQ(SSL_connect(session.get()) == 1, version >= TLS1_2_VERSION) << version;
  }
}

// A long poll must not hold up the end of a program.
TEST_F(HttpClientTest, ACallEndsWhenItIsToldTo) {
  std::promise<Responder> kept;
  start([&](Request, Responder respond) { kept.set_value(std::move(respond)); });
  std::stop_source stop;
  auto answer = std::async(std::launch::async, [&] {
    return HttpClient().send({.url = url("/"), .stop = stop.get_token()});
  });
  const auto unanswered = kept.get_future().get();
  stop.request_stop();
  const auto ended = answer.get();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::Unavailable);
}

TEST_F(HttpClientTest, BadCertificateFilesAreNamed) {
  const TestCertificate one(folder_.path() / "one");
  const TestCertificate other(folder_.path() / "other");
  struct Case {
    TlsFiles files;
    std::string named;
  };
  const std::vector<Case> cases = {
      {{"/nowhere/chain.pem", one.files.private_key}, "/nowhere/chain.pem"},
      {{one.files.certificate_chain, "/nowhere/key.pem"}, "/nowhere/key.pem"},
      {{one.files.private_key, one.files.private_key}, one.files.private_key},
      {{one.files.certificate_chain, other.files.private_key}, other.files.private_key},
  };
  for (const auto& [files, named] : cases) {
    ServerOptions options;
    options.port = 0;
    options.tls = files;
    const auto server = HttpServer::start(options, echo, registry_);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().code, Code::Invalid);
    EXPECT_TRUE(server.error().message.contains(named)) << server.error().message;
  }
}

}  // namespace
}  // namespace sextant::net
