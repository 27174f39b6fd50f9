#include "cli/sqs_queue.h"

#include "tests/support/played_node.h"

namespace sextant::cli {
namespace {

using test::Asked;

net::Response json_response(int status, std::string body) {
  return {.status = status, .headers = {}, .body = make_body(std::move(body))};
}

class SqsQueueTest : public test::PlayedNodeTest {
 protected:
  SqsQueueTest() {
    auto opened = open(client_->endpoint() + "/123/my-queue");
    EXPECT_TRUE(opened) << opened.error().message;
    queue_.emplace(std::move(*opened));
  }
  static Result<SqsQueue> open(const std::string& url) {
    SourceOptions options;
    options.region = "eu-west-1";
    return SqsQueue::open(options, url, [] {
      return Result<sigv4::Credentials>(sigv4::Credentials{"AKID", "secret", ""});
    });
  }
  std::string target() {
    return std::string(net::find_header(asked().back().headers, "X-Amz-Target").value_or(""));
  }
  std::optional<SqsQueue> queue_;
};

TEST_F(SqsQueueTest, ReceivesMessages) {
  answer = [](const Asked&) {
    return json_response(
        200, R"({"Messages":[{"MessageId":"m1","ReceiptHandle":"r1","Body":"b1","MD5OfBody":"x"},)"
             R"({"MessageId":"m2","ReceiptHandle":"r2","Body":""}]})");
  };
  const auto messages = queue_->receive(std::chrono::seconds(3), {});
  ASSERT_TRUE(messages) << messages.error().message;
  ASSERT_EQ(messages->size(), 2u);
  EXPECT_EQ(messages->at(0).id, "m1");
  EXPECT_EQ(messages->at(0).receipt, "r1");
  EXPECT_EQ(messages->at(0).body, "b1");
  const auto call = asked().back();
  EXPECT_EQ(target(), "AmazonSQS.ReceiveMessage");
  EXPECT_EQ(call.body, R"({"MaxNumberOfMessages":10,"WaitTimeSeconds":3,"VisibilityTimeout":120,)"
                       R"("QueueUrl":")" +
                           client_->endpoint() + R"(/123/my-queue"})");
  const auto signature = net::find_header(call.headers, "Authorization").value_or("");
  EXPECT_TRUE(signature.contains("/eu-west-1/sqs/aws4_request")) << signature;
}

TEST_F(SqsQueueTest, RemovesAndHides) {
  answer = [](const Asked&) { return json_response(200, "{}"); };
  EXPECT_TRUE(queue_->remove("r\"1"));
  EXPECT_EQ(target(), "AmazonSQS.DeleteMessage");
  EXPECT_TRUE(asked().back().body.starts_with(R"({"ReceiptHandle":"r\"1")"));
  const std::string receipts[] = {"r1", "r2"};
  EXPECT_TRUE(queue_->hide(receipts, std::chrono::seconds(7)));
  EXPECT_EQ(target(), "AmazonSQS.ChangeMessageVisibilityBatch");
  EXPECT_TRUE(asked().back().body.starts_with(
      R"({"Entries":[{"Id":"0","ReceiptHandle":"r1","VisibilityTimeout":7},)"
      R"({"Id":"1","ReceiptHandle":"r2","VisibilityTimeout":7}])"))
      << asked().back().body;
}

TEST_F(SqsQueueTest, ErrorsHaveTheirNames) {
  struct Case {
    int status;
    const char* type;
    Code code;
    const char* name;
  };
  for (const auto& each :
       {Case{400, "com.amazonaws.sqs#QueueDoesNotExist", Code::Invalid, "QueueDoesNotExist"},
        Case{400, "com.amazon.coral.service#AccessDeniedException", Code::Denied,
             "AccessDeniedException"},
        Case{400, "com.amazonaws.sqs#RequestThrottled", Code::Exhausted, "RequestThrottled"},
        Case{500, "InternalFailure", Code::Exhausted, "InternalFailure"}}) {
    answer = [&](const Asked&) {
      return json_response(each.status,
                           std::string(R"({"__type":")") + each.type + R"(","message":"why"})");
    };
    const auto refused = queue_->receive(std::chrono::seconds(0), {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, each.code) << each.type;
    EXPECT_EQ(refused.error().name, each.name);
    EXPECT_TRUE(refused.error().message.contains("why")) << refused.error().message;
  }
}

TEST_F(SqsQueueTest, WhatNoQueuesUrlIs) {
  for (const char* url : {"", "my-queue", "ftp://x/1/q", "https://sqs.eu-west-1.amazonaws.com/"})
    EXPECT_FALSE(open(url)) << url;
  EXPECT_TRUE(open("https://sqs.eu-west-1.amazonaws.com/123/q"));
}

TEST(SqsMessages, WhatTheAnswerMayBe) {
  for (const char* text : {"{}", R"({"Messages":null})", R"({"Messages":[]})"}) {
    const auto none = parse_messages(text);
    ASSERT_TRUE(none) << text;
    EXPECT_TRUE(none->empty());
  }
  for (const char* text :
       {"", "[]", R"({"Messages":1})", R"({"Messages":[1]})", R"({"Messages":[{"Body":"x"}]})"}) {
    EXPECT_FALSE(parse_messages(text)) << text;
  }
}

}  // namespace
}  // namespace sextant::cli
