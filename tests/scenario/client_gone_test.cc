// links: server
// Clients of a real node that leave in the middle of an answer, an object's or a query's: nothing
// of their requests is left, and the node goes on.
#include <gtest/gtest.h>

#include <filesystem>

#include "core/credentials_file.h"
#include "core/hash.h"
#include "core/sigv4.h"
#include "net/http_client.h"
#include "server/node/node.h"
#include "tests/support/raw_client.h"
#include "tests/support/temporary_folder.h"

namespace sextant {
namespace {

class ClientGone : public testing::Test {
 protected:
  ClientGone() {
    server::NodeOptions options;
    options.data = (folder_ / "data").string();
    options.scope = {AccountId("000000000000"), Region("us-east-1")};
    options.port = 0;
    auto started = server::Node::start(options);
    EXPECT_TRUE(started) << started.error().message;
    node_ = std::move(*started);
    root_ = *read_credentials_file(folder_ / "data/credentials");
  }

  struct Call {
    std::string service;
    std::string method;
    std::string path;
    std::string body = {};
  };

  net::Headers signed_headers(const Call& call) const {
    sigv4::SignedRequest signing{
        .method = call.method,
        .path = call.path,
        .query = "",
        .headers = {{"host", "127.0.0.1:" + std::to_string(node_->port())}},
        .payload_hash = sha256_hex(call.body)};
    sigv4::sign(root_, "us-east-1", call.service, SystemClock().now(), signing);
    return signing.headers;
  }

  Result<net::ClientResponse> send(const Call& call) {
    net::ClientRequest request;
    request.method = call.method;
    request.url = "http://127.0.0.1:" + std::to_string(node_->port()) + call.path;
    request.body = call.body;
    request.headers = signed_headers(call);
    return http_.send(request);
  }
  int status_of(const Call& call) {
    const auto response = send(call);
    return response ? response->status : 0;
  }

  // Reads the beginning of the answer and leaves, one way or the other.
  void begin_and_leave(const Call& call, bool politely) {
    test::RawClient client(node_->port());
    std::string text = call.method + " " + call.path + " HTTP/1.1\r\n";
    for (const auto& [name, value] : signed_headers(call)) text += name + ": " + value + "\r\n";
    if (!call.body.empty()) text += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
    ASSERT_TRUE(client.send(text + "\r\n" + call.body));
    char some[1000];
    const auto count = ::recv(client.socket(), some, sizeof(some), 0);
    ASSERT_GT(count, 12);
    EXPECT_EQ(std::string_view(some, 12), "HTTP/1.1 200");
    politely ? client.close() : client.reset();
  }

  double requests_open() {
    const auto response = http_.send(
        {.url = "http://127.0.0.1:" + std::to_string(node_->port()) + "/_sextant/metrics"});
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

  test::TemporaryFolder folder_;
  sigv4::Credentials root_;
  std::unique_ptr<server::Node> node_;
  net::HttpClient http_;
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
