#include "cli/notification.h"

#include <gtest/gtest.h>

#include <string>

namespace sextant::cli {
namespace {

// "bucket|key|version|etag|region|size" of each object, or "Invalid".
std::string read(std::string_view text) {
  const auto found = parse_notification(text);
  if (!found) return found.error().code == Code::Invalid ? "Invalid" : found.error().message;
  std::string lines;
  for (const auto& each : *found) {
    lines += each.bucket + "|" + each.key + "|" + each.version + "|" + each.etag + "|" +
             each.region + "|" + std::to_string(each.size) + "\n";
  }
  return lines;
}

std::string record(const std::string& event, const std::string& object,
                   const std::string& bucket = "logs") {
  return R"({"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1","eventName":")" +
         event + R"(","s3":{"bucket":{"name":")" + bucket + R"("},"object":)" + object + "}}";
}

std::string records(const std::string& list) { return R"({"Records":[)" + list + "]}"; }

constexpr auto kObject =
    R"({"key":"AWSLogs/1/a+b%2Bc%C3%BC.gz","size":42,"eTag":"0123","versionId":"v.1","sequencer":"00"})";
constexpr auto kRead = "logs|AWSLogs/1/a b+cü.gz|v.1|0123|eu-west-1|42\n";

TEST(Notification, OfS3) {
  EXPECT_EQ(read(records(record("ObjectCreated:Put", kObject))), kRead);
  EXPECT_EQ(read(records(record("s3:ObjectCreated:CompleteMultipartUpload", kObject))), kRead);
  EXPECT_EQ(read(records(record("ObjectCreated:Copy", R"({"key":"k"})"))),
            "logs|k|||eu-west-1|0\n");
  EXPECT_EQ(read(records(record("ObjectCreated:Put", kObject) + "," +
                         record("ObjectRemoved:Delete", kObject) + "," +
                         record("ObjectCreated:Post", R"({"key":"k","size":1})", "other"))),
            std::string(kRead) + "other|k|||eu-west-1|1\n");
}

TEST(Notification, FromSns) {
  std::string inner = records(record("ObjectCreated:Put", kObject));
  for (std::size_t at = 0; (at = inner.find('"', at)) != std::string::npos; at += 2)
    inner.insert(at, 1, '\\');
  const auto wrapped = [](const std::string& message) {
    return R"({"Type":"Notification","TopicArn":"arn:aws:sns:eu-west-1:1:t","Message":")" +
           message + R"("})";
  };
  EXPECT_EQ(read(wrapped(inner)), kRead);
  EXPECT_EQ(read(wrapped(R"({\"Type\":\"Notification\",\"Message\":\"{}\"})")), "Invalid")
      << "not wrapped twice";
  EXPECT_EQ(read(R"({"Type":"SubscriptionConfirmation","Message":"x"})"), "Invalid");
}

TEST(Notification, FromEventBridge) {
  const std::string detail =
      R"("detail":{"bucket":{"name":"logs"},"object":{"key":"a+b%20.gz","size":5,"etag":"e","version-id":"v"}}})";
  EXPECT_EQ(
      read(R"({"source":"aws.s3","detail-type":"Object Created","region":"us-east-2",)" + detail),
      "logs|a+b%20.gz|v|e|us-east-2|5\n")
      << "the key is as it is";
  EXPECT_EQ(read(R"({"source":"aws.s3","detail-type":"Object Deleted",)" + detail), "");
  EXPECT_EQ(read(R"({"source":"aws.ec2","detail-type":"Object Created",)" + detail), "Invalid");
}

TEST(Notification, FromCloudTrail) {
  EXPECT_EQ(read(R"({"s3Bucket":"trail","s3ObjectKey":["AWSLogs/a.json.gz","b c"]})"),
            "trail|AWSLogs/a.json.gz||||0\ntrail|b c||||0\n");
}

TEST(Notification, WhatAsksForNothing) {
  EXPECT_EQ(read(R"({"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"logs"})"), "");
  EXPECT_EQ(read(records(record("ObjectRemoved:Delete", R"({"key":"%zz"})"))), "");
  EXPECT_EQ(read(records(record("ObjectCreated:Put", R"({"key":"dir/","size":0})"))), "");
  EXPECT_EQ(read(records("")), "");
}

TEST(Notification, WhatIsNotUnderstood) {
  for (const std::string& text : {
           std::string(),
           std::string("x"),
           std::string("[]"),
           std::string("{}"),
           std::string(R"({"Records":{}})"),
           records("1"),
           records(R"({"eventName":"ObjectCreated:Put"})"),
           records(record("ObjectCreated:Put", "{}")),
           records(record("ObjectCreated:Put", R"({"key":""})")),
           records(record("ObjectCreated:Put", R"({"key":"%zz"})")),
           records(record("ObjectCreated:Put", R"({"key":")" + std::string(1'025, 'k') + "\"}")),
           records(record("ObjectCreated:Put", kObject, "host/path")),
           records(record("ObjectCreated:Put", kObject, "u@host")),
           std::string(R"({"s3Bucket":"trail","s3ObjectKey":"k"})"),
           std::string(R"({"s3Bucket":"trail","s3ObjectKey":[1]})"),
           std::string(R"({"source":"aws.s3","detail-type":"Object Created"})"),
       }) {
    EXPECT_EQ(read(text), "Invalid") << text;
  }
  auto elsewhere = records(record("ObjectCreated:Put", kObject));
  elsewhere.replace(elsewhere.find("eu-west-1"), 9, "x.example.com/");
  EXPECT_EQ(read(elsewhere), "Invalid") << "nor may it say whom to ask";
}

TEST(Notification, AnEtagThatNoHeaderCanHoldIsNotTaken) {
  EXPECT_EQ(read(records(record("ObjectCreated:Put", R"({"key":"k","eTag":"a\r\nb: c"})"))),
            "logs|k|||eu-west-1|0\n");
}

}  // namespace
}  // namespace sextant::cli
