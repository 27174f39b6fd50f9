// links: server
// Calls that take long, as many as may run: a real node goes on answering everybody else.
#include <gtest/gtest.h>

#include <algorithm>
#include <list>

#include "tests/support/real_node.h"

namespace sextant {
namespace {

class LongCalls : public test::RealNodeTest {
 protected:
  static Call query(const std::string& sql, int time_max_s) {
    return {"sextant", "POST", "/_sextant/query",
            R"({"time_max_s":)" + std::to_string(time_max_s) + R"(,"sql":")" + sql + R"("})"};
  }
  static bool has_answered(const test::RawClient& client) {
    char byte = 0;
    return ::recv(client.socket(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) != -1;
  }
};

TEST_F(LongCalls, OfQueriesLeaveTheNodeToTheOthers) {
  constexpr int kTimeMaxS = 9;  // below the patience of a RawClient
  const auto heavy =
      query("SELECT count(*) FROM range(1000000) AS a(i), range(1000000) AS b(j) WHERE i * j = -1",
            kTimeMaxS);
  ASSERT_EQ(status_of({"s3", "PUT", "/logs"}), 200);
  std::list<test::RawClient> clients;
  for (int i = 0; i < 7; ++i) {
    ASSERT_TRUE(clients.emplace_back(node_->port()).send(bytes_of(heavy)));
  }
  auto refused = clients.end();  // one too many: once it has its answer, the six run
  while (refused == clients.end()) refused = std::ranges::find_if(clients, has_answered);
  EXPECT_EQ(refused->receive().value_or(test::RawAnswer{}).status, 503);
  clients.erase(refused);

  EXPECT_EQ(status_of_open("health"), 200);
  EXPECT_EQ(status_of({"s3", "PUT", "/logs/k", "bytes"}), 200);
  EXPECT_EQ(status_of({"cloudformation", "POST", "/", "Action=ListStacks&Version=2010-05-15"}),
            200);
  EXPECT_EQ(status_of({"sextant", "GET", "/_sextant/audit/verify"}), 200);
  EXPECT_EQ(status_of(query("SELECT 1", 1)), 503) << "their number is bounded";
  for (const auto& client : clients) EXPECT_FALSE(has_answered(client)) << "it was not heavy";

  for (auto& client : clients) {
    const auto answer = client.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 422) << answer->body;
    EXPECT_TRUE(answer->body.contains("QueryLimitExceeded")) << answer->body;
  }
  EXPECT_EQ(status_of(query("SELECT 1", 1)), 200);
}

}  // namespace
}  // namespace sextant
