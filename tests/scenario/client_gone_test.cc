// links: server
// Clients of a real node that leave in the middle of an answer, an object's or a query's: nothing
// of their requests is left, and the node goes on.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/real_node.h"

namespace sextant {
namespace {

class ClientGone : public test::RealNodeTest {
 protected:
  // Reads the beginning of the answer and leaves, one way or the other.
  void begin_and_leave(const Call& call, bool politely) {
    test::RawClient client(node_->port());
    ASSERT_TRUE(client.send(bytes_of(call)));
    char some[1000];
    const auto count = ::recv(client.socket(), some, sizeof(some), 0);
    ASSERT_GT(count, 12);
    EXPECT_EQ(std::string_view(some, 12), "HTTP/1.1 200");
    politely ? client.close() : client.reset();
  }

  double requests_open() {
    const auto response = http_.send({.url = url("/_sextant/metrics")});
    if (!response) return -1;
    const std::string_view name = "\nsextant_http_requests_open ";
    const auto at = response->body.find(name);
    return at == std::string::npos ? -1 : std::stod(response->body.substr(at + name.size()));
  }
  // Only the one that asks. The server notices a client's end when it writes to it next.
  void expect_no_request_open() {
    SystemClock clock;
    const auto patience = clock.now() + std::chrono::seconds(20);
    while (requests_open() != 1 && clock.now() < patience) std::this_thread::yield();
    EXPECT_EQ(requests_open(), 1);
  }

  std::size_t open_files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code gone;
      const auto target = std::filesystem::read_symlink(entry.path(), gone);
      count += !gone && target.string().starts_with((folder_ / "data/blobs").string());
    }
    return count;
  }
};

TEST_F(ClientGone, InTheMiddleOfAnObject) {
  const std::string bytes(16 << 20, 'x');
  ASSERT_EQ(status_of({"s3", "PUT", "/logs"}), 200);
  ASSERT_EQ(status_of({"s3", "PUT", "/logs/large", bytes}), 200);
  for (int i = 0; i < 20; ++i) begin_and_leave({"s3", "GET", "/logs/large"}, i % 2 == 0);
  expect_no_request_open();
  EXPECT_EQ(open_files(), 0u) << "an object's file is still open";
  const auto whole = send({"s3", "GET", "/logs/large"});
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_TRUE(whole->body == bytes);
}

// More of them than may run at the same time: each gives its place back.
TEST_F(ClientGone, InTheMiddleOfAQuerysRows) {
  const auto query = [](const std::string& sql) {
    return Call{"sextant", "POST", "/_sextant/query",
                R"({"format":"ndjson","rows_max":100000000,"sql":")" + sql + R"("})"};
  };
  for (int i = 0; i < 20; ++i) {
    begin_and_leave(query("SELECT i FROM range(50000000) AS r(i)"), i % 2 == 0);
    expect_no_request_open();
  }
  const auto answer = send(query("SELECT 1 AS one"));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200) << answer->body;
  EXPECT_EQ(answer->body, "{\"one\":1}\n");
}

}  // namespace
}  // namespace sextant
