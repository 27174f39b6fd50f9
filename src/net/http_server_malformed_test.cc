#include <gtest/gtest.h>

#include <atomic>

#include "tests/support/malformed_requests.h"
#include "tests/support/raw_client.h"
#include "tests/support/server_test.h"

namespace sextant::net {
namespace {

using namespace test;

// Answers by how the body went, so that a malformed one is seen from outside.
void judge_body(Request request, Responder respond) {
  read_all(std::move(request.body), 1 << 20,
           [respond = std::move(respond)](Result<std::string> bytes) mutable {
             respond({.status = bytes ? 200 : 400, .headers = {}});
           });
}

class HttpServerMalformed : public ServerTest {
 protected:
  void SetUp() override {
    start([this](Request request, Responder respond) {
      if (request.target == "/smuggled") ++smuggled_;
      judge_body(std::move(request), std::move(respond));
    });
  }

  // The request is refused, the connection closed, and what stands behind it never taken for
  // another request.
  void expect_refused(const MalformedRequest& request, std::size_t first_part) {
    RawClient client(server_->port());
    const std::string bytes = request.bytes + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    client.send(std::string_view(bytes).substr(0, first_part));
    if (first_part < bytes.size()) client.send(std::string_view(bytes).substr(first_part));
    const auto answer = client.receive();
    ASSERT_TRUE(answer) << request.why;
    EXPECT_EQ(answer->status, request.status) << request.why;
    EXPECT_TRUE(answer->head.contains("Connection: close\r\n")) << request.why;
    EXPECT_TRUE(client.is_closed()) << request.why;
    EXPECT_EQ(smuggled_, 0) << request.why;
  }

  std::atomic<int> smuggled_ = 0;
};

TEST_F(HttpServerMalformed, HeadsAreRefusedAndTheConnectionCloses) {
  for (const auto& request : malformed_heads()) {
    expect_refused(request, request.bytes.size() + 100);
    expect_refused(request, request.bytes.size() / 2);
  }
}

TEST_F(HttpServerMalformed, ChunksAreRefusedAndTheConnectionCloses) {
  for (const auto& request : malformed_chunks()) {
    expect_refused(request, request.bytes.size() + 100);
    expect_refused(request, request.bytes.find("\r\n\r\n") + 4);
  }
}

TEST_F(HttpServerMalformed, TheServerGoesOnServing) {
  for (int i = 0; i < 50; ++i) {
    RawClient bad(server_->port());
    bad.send(std::string(1000, '\0'));
    bad.reset();
  }
  RawClient good(server_->port());
  ASSERT_TRUE(good.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(good.receive().value().status, 200);
}

}  // namespace
}  // namespace sextant::net
