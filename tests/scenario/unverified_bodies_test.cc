// links: server
// What a real node reads of callers whom it does not know: nothing where the head is enough to
// refuse them, and where the signature hangs on the body, a bounded amount of all of them together.
#include <gtest/gtest.h>

#include <algorithm>
#include <list>

#include "core/time_text.h"
#include "tests/support/real_node.h"

namespace sextant {
namespace {

constexpr std::size_t kUnfinished = 4 << 20;  // as large as a body may be

class UnverifiedBodies : public test::RealNodeTest {
 protected:
  // A head that announces so large a body, with what is given of it.
  static std::string begun(const std::string& method, const std::string& path,
                           const net::Headers& headers, std::size_t length,
                           const std::string& body = {}) {
    std::string text = method + " " + path + " HTTP/1.1\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    return text + "Content-Length: " + std::to_string(length) + "\r\n\r\n" + body;
  }
  net::Headers host() const { return {{"host", "127.0.0.1:" + std::to_string(node_->port())}}; }

  // Nothing in the head is wrong; whether the signature is right hangs on the body.
  net::Headers forged(const std::string& key_id, Duration ago = {},
                      const std::string& region = "us-east-1") const {
    const auto date = iso8601_basic(SystemClock().now() - ago);
    auto headers = host();
    headers.emplace_back("x-amz-date", date);
    headers.emplace_back("authorization", "AWS4-HMAC-SHA256 Credential=" + key_id + "/" +
                                              date.substr(0, 8) + "/" + region +
                                              "/sts/aws4_request, SignedHeaders=host;x-amz-date, "
                                              "Signature=" +
                                              std::string(64, '0'));
    return headers;
  }

  test::RawAnswer answer_to(const std::string& bytes) const {
    test::RawClient client(node_->port());
    EXPECT_TRUE(client.send(bytes));
    auto answer = client.receive();
    EXPECT_TRUE(answer) << "no answer before the body came";
    return answer.value_or(test::RawAnswer{});
  }
};

TEST_F(UnverifiedBodies, AreNotReadWhereTheHeadIsEnoughToRefuse) {
  const auto& key = root_.access_key_id;
  struct {
    const char* what;
    std::string bytes;
    const char* error;
  } const table[] = {
      {"unsigned", begun("POST", "/_sextant/query", host(), kUnfinished, "x"),
       "MissingAuthenticationToken"},
      {"unknown key", begun("POST", "/", forged("AKIAUNKNOWNUNKNOWN00"), kUnfinished, "x"),
       "InvalidClientTokenId"},
      {"too late", begun("POST", "/", forged(key, std::chrono::hours(1)), kUnfinished, "x"),
       "Signature expired"},
      {"wrong region", begun("POST", "/", forged(key, {}, "eu-west-1"), kUnfinished, "x"),
       "Credential should be scoped to a valid region"},
  };
  for (const auto& row : table) {
    const auto answer = answer_to(row.bytes);
    EXPECT_EQ(answer.status, 403) << row.what;
    EXPECT_TRUE(answer.body.contains(row.error)) << row.what << ": " << answer.body;
  }
}

TEST_F(UnverifiedBodies, AreBoundedInNumberAndLeaveTheOthersAlone) {
  std::list<test::RawClient> clients;
  int refused = 0;
  for (int i = 0; i < 150; ++i) {
    auto& client = clients.emplace_back(node_->port());
    ASSERT_TRUE(client.send(begun("POST", "/", forged(root_.access_key_id), 10, "x")));
  }
  EXPECT_EQ(status_of_open("health"), 200);
  EXPECT_EQ(status_of({"sts", "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15"}), 200)
      << "its head says the body's hash";
  for (auto& client : clients) client.send("123456789");
  for (auto& client : clients) {
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->status == 403 || answer->status == 503) << answer->body;
    refused += answer->status == 503 ? 1 : 0;
  }
  EXPECT_EQ(refused, 150 - 128);
}

TEST_F(UnverifiedBodies, AreBoundedInBytes) {
  std::list<test::RawClient> clients;
  const std::string most(kUnfinished - 1, 'x');
  for (int i = 0; i < 9; ++i) {
    auto& client = clients.emplace_back(node_->port());
    ASSERT_TRUE(client.send(begun("POST", "/", forged(root_.access_key_id), kUnfinished, most)));
  }
  // Eight of them fit; the ninth is told so before it ends.
  const auto has_answered = [](const test::RawClient& client) {
    char byte = 0;
    return ::recv(client.socket(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) != -1;
  };
  auto refused = clients.end();
  while (refused == clients.end()) refused = std::ranges::find_if(clients, has_answered);
  const auto answer = refused->receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503) << answer->body;
  EXPECT_TRUE(answer->body.contains("ServiceUnavailable")) << answer->body;
  clients.erase(refused);
  // Whose last bytes came while the ninth's were looked at may be refused too.
  int read_whole = 0;
  for (auto& client : clients) client.send("x");
  for (auto& client : clients) {
    const auto last = client.receive();
    ASSERT_TRUE(last);
    read_whole += last->status == 403 ? 1 : 0;
  }
  EXPECT_GE(read_whole, 5);
}

// What would be sent again and again if it were 503.
TEST_F(UnverifiedBodies, ABodyThatIsTooLargeIsNotTakenForABusyNode) {
  const auto too_large = [&](const std::string& service, const std::string& path) {
    const auto headers = signed_headers({service, "POST", path, "none of this is sent"});
    return answer_to(begun("POST", path, headers, kUnfinished + 1));
  };
  for (const auto& [service, path] :
       {std::pair{"sextant", "/_sextant/query"}, std::pair{"cloudformation", "/"}}) {
    const auto answer = too_large(service, path);
    EXPECT_EQ(answer.status, 413) << service << answer.body;
    EXPECT_TRUE(answer.body.contains("RequestEntityTooLarge")) << answer.body;
    EXPECT_FALSE(answer.head.contains("Retry-After")) << answer.head;
  }
  const auto answer = too_large("s3", "/logs/k?uploadId=u");
  EXPECT_EQ(answer.status, 400) << answer.body;
  EXPECT_TRUE(answer.body.contains("MaxMessageLengthExceeded")) << answer.body;
}

// A scope for our own endpoints, on a path that is none of them.
TEST_F(UnverifiedBodies, OurOwnServiceIsKnownByItsPathOnly) {
  for (const char* path : {"/", "/x", "/123456789tables", "/_sextant"}) {
    const auto answer = answer_to(bytes_of({"sextant", "GET", path}));
    EXPECT_EQ(answer.status, 400) << path;
    EXPECT_TRUE(answer.body.contains("AuthorizationHeaderMalformed")) << path << answer.body;
  }
}

}  // namespace
}  // namespace sextant
