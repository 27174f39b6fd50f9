#include "cli/queue_ingest.h"

#include <map>
#include <set>

#include "tests/support/played_node.h"

namespace sextant::cli {
namespace {

using test::Asked;

net::Response text_response(int status, std::string body = {}, net::Headers headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = make_body(std::move(body))};
}

std::string naming(const std::string& key) {
  return R"({\"s3Bucket\":\"theirs\",\"s3ObjectKey\":[\")" + key + R"(\"]})";
}

// One server is the queue, the bucket that it tells of, and the node.
class QueueIngest : public test::PlayedNodeTest {
 protected:
  QueueIngest() {
    options_.node.endpoint = client_->endpoint();
    options_.node.region = "us-east-1";
    options_.source.endpoint_url = client_->endpoint();
    options_.source.region = "us-east-1";
    options_.bucket = "ours";
    options_.parallel = 2;
    options_.queue_url = client_->endpoint() + "/1/queue";
    options_.until_empty = true;
    answer = [this](const Asked& asked) { return play(asked); };
  }

  net::Response play(const Asked& asked) {
    const std::string target(net::find_header(asked.headers, "X-Amz-Target").value_or(""));
    std::lock_guard lock(mutex_);
    if (target.ends_with("ReceiveMessage")) return receive();
    if (target.ends_with("DeleteMessage")) return remove(asked.body);
    if (!target.empty()) return text_response(200, "{}");
    if (asked.target.starts_with("/theirs/")) {
      return asked.target.contains("gone") ? text_response(404)
                                           : text_response(200, "bytes", {{"ETag", "\"e1\""}});
    }
    if (asked.method == "HEAD")
      return stored_.contains(asked.target)
                 ? text_response(200, {},
                                 {{"x-amz-meta-sextant-origin-bucket", "theirs"},
                                  {"x-amz-meta-sextant-origin-etags", "e1"}})
                 : text_response(404);
    if (put_status_ == 200) stored_.insert(asked.target);
    order_ += "PUT " + asked.target + "\n";
    return text_response(put_status_);
  }

  // All that are there, and nobody else has them until they are given back.
  net::Response receive() {
    std::string list;
    for (const auto& [receipt, body] : messages_) {
      if (!received_.insert(receipt).second) continue;
      list += (list.empty() ? "" : ",") + (R"({"MessageId":")" + receipt) +
              R"(","ReceiptHandle":")" + receipt + R"(","Body":")" + body + "\"}";
    }
    return text_response(receive_status_, R"({"Messages":[)" + list + "]}");
  }

  net::Response remove(const std::string& body) {
    for (const auto& receipt : received_) {
      if (!body.contains("\"" + receipt + "\"")) continue;
      messages_.erase(receipt);
      order_ += "DELETE " + receipt + "\n";
    }
    return text_response(200, "{}");
  }

  Result<> run(std::stop_token stop = {}) {
    return follow_queue(
        options_,
        [] { return Result<sigv4::Credentials>(sigv4::Credentials{"AKID", "secret", ""}); },
        totals_, std::move(stop));
  }

  IngestOptions options_;
  IngestTotals totals_{IngestTotals::Tell::AtTheEnd};
  std::mutex mutex_;
  std::map<std::string, std::string> messages_;  // by receipt
  std::set<std::string> received_;
  std::set<std::string> stored_;
  std::string order_;
  int put_status_ = 200;
  int receive_status_ = 200;
};

TEST_F(QueueIngest, AMessageIsGoneWhenItsObjectIsThere) {
  messages_ = {{"m1", naming("a b")}};
  EXPECT_TRUE(run());
  EXPECT_EQ(order_, "PUT /ours/a%20b\nDELETE m1\n");
  EXPECT_EQ(totals_.sent(), 1u);
  EXPECT_EQ(totals_.bytes(), 5u);
}

TEST_F(QueueIngest, WhatIsThereIsNotPutAgainAndTheMessageGoes) {
  stored_.insert("/ours/pre-a");
  options_.prefix = "pre-";
  messages_ = {{"m1", naming("a")}};
  EXPECT_TRUE(run());
  EXPECT_EQ(order_, "DELETE m1\n");
  EXPECT_EQ(totals_.unchanged(), 1u);
}

TEST_F(QueueIngest, WhatAsksForNothingGoes) {
  messages_ = {{"m1", R"({\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\"})"}};
  EXPECT_TRUE(run());
  EXPECT_EQ(order_, "DELETE m1\n");
  EXPECT_EQ(totals_.sent() + totals_.failures(), 0u);
}

TEST_F(QueueIngest, WhatCannotBeDoneStaysInTheQueue) {
  messages_ = {{"m1", "hello"}, {"m2", naming("gone")}, {"m3", naming("fine")}};
  EXPECT_TRUE(run());
  EXPECT_EQ(order_, "PUT /ours/fine\nDELETE m3\n");
  EXPECT_EQ(totals_.failures(), 2u);
  EXPECT_EQ(messages_.size(), 2u);
}

TEST_F(QueueIngest, WhatTheNodeRefusesStaysInTheQueue) {
  put_status_ = 403;
  messages_ = {{"m1", naming("a")}};
  EXPECT_TRUE(run());
  EXPECT_EQ(order_, "PUT /ours/a\n");
  EXPECT_EQ(totals_.failures(), 1u);
  EXPECT_TRUE(messages_.contains("m1"));
}

TEST_F(QueueIngest, AQueueThatRefusesEndsTheRun) {
  receive_status_ = 403;
  options_.until_empty = false;
  const auto refused = run();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Denied);
}

TEST_F(QueueIngest, MoreThanFitsInHandIsAllTaken) {
  for (int i = 0; i < 45; ++i) messages_["m" + std::to_string(i)] = naming(std::to_string(i));
  EXPECT_TRUE(run());
  EXPECT_EQ(totals_.sent(), 45u);
  EXPECT_TRUE(messages_.empty());
}

TEST_F(QueueIngest, WhatIsNotBegunIsGivenBackAtTheEnd) {
  options_.parallel = 1;
  options_.until_empty = false;
  std::stop_source stop;
  messages_ = {{"m1", naming("a")}, {"m2", naming("b")}};
  answer = [&](const Asked& asked) {
    if (asked.method == "PUT") stop.request_stop();
    return play(asked);
  };
  EXPECT_TRUE(run(stop.get_token()));
  EXPECT_EQ(order_, "PUT /ours/a\nDELETE m1\n") << "what was begun is brought to its end";
  const auto last = asked().back();
  EXPECT_TRUE(last.body.contains(R"("ReceiptHandle":"m2","VisibilityTimeout":0)")) << last.body;
  EXPECT_FALSE(last.body.contains(R"("m1")")) << last.body;
}

}  // namespace
}  // namespace sextant::cli
