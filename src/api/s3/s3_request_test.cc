#include "api/s3/s3_request.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace sextant::api::s3 {
namespace {

net::Request request(const char* method, std::string target, net::Headers headers = {}) {
  net::Request made;
  made.method = method;
  made.target = std::move(target);
  made.headers = std::move(headers);
  made.body = make_body(std::string());
  return made;
}

// "PutObject logs a/b", or the error's name.
std::string meaning(const net::Request& made) {
  const auto call = parse_request(made);
  if (!call) return call.error().name;
  std::string text = call->operation;
  for (const char* name : {"Bucket", "Key"}) {
    if (const auto* value = call->parameters.if_contains(name))
      text += " " + std::string(value->as_string());
  }
  return text;
}

TEST(S3Request, OperationsByMethodPathAndQuery) {
  struct {
    const char* method;
    const char* target;
    const char* expected;
  } const table[] = {
      {"GET", "/", "ListBuckets"},
      {"GET", "/?x-id=ListBuckets", "ListBuckets"},
      {"PUT", "/logs", "CreateBucket logs"},
      {"PUT", "/logs/", "CreateBucket logs"},
      {"HEAD", "/logs", "HeadBucket logs"},
      {"DELETE", "/logs", "DeleteBucket logs"},
      {"GET", "/logs?list-type=2&prefix=a", "ListObjectsV2 logs"},
      {"GET", "/logs?uploads", "ListMultipartUploads logs"},
      {"PUT", "/logs/a/b", "PutObject logs a/b"},
      {"PUT", "/logs/k?x-id=PutObject", "PutObject logs k"},
      {"GET", "/logs/a/b", "GetObject logs a/b"},
      {"HEAD", "/logs/a/b", "HeadObject logs a/b"},
      {"DELETE", "/logs/a/b", "DeleteObject logs a/b"},
      {"POST", "/logs/k?uploads=", "CreateMultipartUpload logs k"},
      {"PUT", "/logs/k?partNumber=1&uploadId=u", "UploadPart logs k"},
      {"POST", "/logs/k?uploadId=u", "CompleteMultipartUpload logs k"},
      {"DELETE", "/logs/k?uploadId=u", "AbortMultipartUpload logs k"},
      {"GET", "/logs/k?uploadId=u", "ListParts logs k"},
      // what we do not have must not run as something else
      {"GET", "/logs", "NotImplemented"},
      {"GET", "/logs?acl", "NotImplemented"},
      {"PUT", "/logs?acl", "NotImplemented"},
      {"PUT", "/logs?policy", "NotImplemented"},
      {"DELETE", "/logs?policy", "NotImplemented"},
      {"DELETE", "/logs?lifecycle", "NotImplemented"},
      {"GET", "/logs?versions", "NotImplemented"},
      {"GET", "/logs?location", "NotImplemented"},
      {"POST", "/logs?delete", "NotImplemented"},
      {"PUT", "/logs/k?tagging", "NotImplemented"},
      {"DELETE", "/logs/k?tagging", "NotImplemented"},
      {"PUT", "/logs/k?acl", "NotImplemented"},
      {"GET", "/logs/k?torrent", "NotImplemented"},
      {"GET", "/logs/k?versionId=1", "NotImplemented"},
      {"DELETE", "/logs/k?versionId=1", "NotImplemented"},
      {"GET", "/logs/k?partNumber=1", "NotImplemented"},
      {"PUT", "/logs/k?partNumber=1", "NotImplemented"},
      {"PUT", "/logs/k?uploadId=u", "NotImplemented"},
      {"POST", "/logs/k", "NotImplemented"},
      {"POST", "/logs/k?uploadId=u&restore", "NotImplemented"},
      {"PATCH", "/logs/k", "MethodNotAllowed"},
      {"PATCH", "/logs/k?acl", "NotImplemented"},
      {"OPTIONS", "/logs/k", "NotImplemented"},
      {"OPTIONS", "/", "MethodNotAllowed"},
      {"POST", "/", "MethodNotAllowed"},
      {"POST", "/logs", "NotImplemented"},
      {"PUT", "/", "MethodNotAllowed"},
  };
  for (const auto& row : table)
    EXPECT_EQ(meaning(request(row.method, row.target)), row.expected)
        << row.method << " " << row.target;
}

TEST(S3Request, KeysAreDecodedOnceAndNothingElse) {
  struct {
    const char* target;
    const char* expected;
  } const table[] = {
      {"/logs/a%20b%2Bc+d", "GetObject logs a b+c+d"},
      {"/logs/a%2Fb", "GetObject logs a/b"},
      {"/logs//a", "GetObject logs /a"},
      {"/logs/a//", "GetObject logs a//"},
      {"/logs/../../etc/passwd", "GetObject logs ../../etc/passwd"},
      {"/logs/%2e%2e/%2E%2E/etc/passwd", "GetObject logs ../../etc/passwd"},
      {"/logs/./a", "GetObject logs ./a"},
      {"/logs/%252e", "GetObject logs %2e"},
      {"/logs/%C3%A4", "GetObject logs ä"},
      {"/logs/a;b=c&d", "GetObject logs a;b=c&d"},
      {"/logs/%", "InvalidURI"},
      {"/logs/%2", "InvalidURI"},
      {"/logs/%zz", "InvalidURI"},
      {"/%zz/k", "InvalidURI"},
      {"logs/k", "InvalidURI"},
      {"/logs/k?response-expires=%zz", "InvalidURI"},
  };
  for (const auto& row : table)
    EXPECT_EQ(meaning(request("GET", row.target)), row.expected) << row.target;
}

TEST(S3Request, TheHostMayNameTheBucket) {
  struct {
    const char* host;
    const char* target;
    const char* expected;
  } const table[] = {
      {"logs.localhost:4566", "/a/b", "GetObject logs a/b"},
      {"logs.s3.localhost:4566", "/a", "GetObject logs a"},
      {"my.logs.localhost", "/a", "GetObject my.logs a"},
      {"LOGS.localhost", "/a", "GetObject logs a"},
      {"logs.localhost:4566", "/?list-type=2", "ListObjectsV2 logs"},
      {"localhost:4566", "/logs/a", "GetObject logs a"},
      {"s3.localhost:4566", "/logs/a", "GetObject logs a"},
      {"127.0.0.1:4566", "/logs/a", "GetObject logs a"},
      {"[::1]:4566", "/logs/a", "GetObject logs a"},
      {".localhost", "/logs/a", "GetObject logs a"},
      {"example.com", "/logs/a", "GetObject logs a"},
  };
  for (const auto& row : table)
    EXPECT_EQ(meaning(request("GET", row.target, {{"Host", row.host}})), row.expected)
        << row.host << row.target;
}

TEST(S3Request, HeadersAndQueryBecomeParameters) {
  const auto call = parse_request(request("PUT", "/logs/k?partNumber=7&uploadId=a%2Bb",
                                          {{"content-type", "text/plain"},
                                           {"X-Amz-Meta-Team", "soc"},
                                           {"x-amz-meta-", "nameless"},
                                           {"Content-Encoding", "aws-chunked, gzip"},
                                           {"X-Amz-Checksum-Crc32", "AAAA"},
                                           {"x-amz-trailer", "x-amz-checksum-crc32"},
                                           {"Content-MD5", "m"},
                                           {"If-None-Match", "*"}}));
  ASSERT_TRUE(call);
  const auto& parameters = call->parameters;
  EXPECT_EQ(parameters.at("PartNumber"), "7");
  EXPECT_EQ(parameters.at("UploadId"), "a+b");
  EXPECT_EQ(parameters.at("ContentType"), "text/plain");
  EXPECT_EQ(parameters.at("Metadata").at("team"), "soc");
  EXPECT_EQ(parameters.at("ContentEncoding"), "gzip");
  EXPECT_EQ(parameters.at("ChecksumCRC32"), "AAAA");
  EXPECT_EQ(parameters.at("Trailer"), "x-amz-checksum-crc32");
  EXPECT_EQ(parameters.at("ContentMD5"), "m");
  EXPECT_EQ(parameters.at("IfNoneMatch"), "*");
  const auto list = parse_request(
      request("GET", "/logs?list-type=2&prefix=a+b%2Fc&delimiter=%2F&max-keys=3&start-after=x"));
  ASSERT_TRUE(list);
  EXPECT_EQ(list->parameters.at("Prefix"), "a b/c");
  EXPECT_EQ(list->parameters.at("Delimiter"), "/");
  EXPECT_EQ(list->parameters.at("MaxKeys"), "3");
  EXPECT_EQ(list->parameters.at("StartAfter"), "x");
}

// Nobody may set a parameter of the operation that the API does not let them set.
TEST(S3Request, TheQueryCannotReplaceTheAddress) {
  const auto call = parse_request(request("GET", "/logs/k?Bucket=other&Key=other&bucket=x"));
  ASSERT_TRUE(call);
  EXPECT_EQ(call->parameters.at("Bucket"), "logs");
  EXPECT_EQ(call->parameters.at("Key"), "k");
}

TEST(S3Request, HeadersThatMeanMoreAreRefused) {
  for (const char* name : {"x-amz-copy-source", "X-Amz-Tagging", "x-amz-object-lock-mode"})
    EXPECT_EQ(meaning(request("PUT", "/logs/k", {{name, "x"}})), "NotImplemented") << name;
}

TEST(S3Request, HeadersThatAskForWhatHappensAnywayArePassed) {
  const std::pair<const char*, const char*> usual[] = {{"x-amz-acl", "private"},
                                                       {"x-amz-acl", "bucket-owner-full-control"},
                                                       {"X-Amz-Storage-Class", "STANDARD"}};
  for (const auto& [name, value] : usual)
    EXPECT_EQ(meaning(request("PUT", "/logs/k", {{name, value}})), "PutObject logs k") << value;
  const std::pair<const char*, const char*> more[] = {{"x-amz-acl", "public-read"},
                                                      {"x-amz-acl", ""},
                                                      {"x-amz-storage-class", "GLACIER"},
                                                      {"x-amz-server-side-encryption", "AES256"},
                                                      {"x-amz-grant-read", "id=x"}};
  for (const auto& [name, value] : more)
    EXPECT_EQ(meaning(request("PUT", "/logs/k", {{name, value}})), "NotImplemented") << value;
}

TEST(S3Request, TheDocumentOfANewBucket) {
  WireCall call{.operation = "CreateBucket", .parameters = {}};
  ASSERT_TRUE(add_document("", call));
  EXPECT_TRUE(call.parameters.empty());
  ASSERT_TRUE(
      add_document("<CreateBucketConfiguration><LocationConstraint>eu-west-1"
                   "</LocationConstraint></CreateBucketConfiguration>",
                   call));
  EXPECT_EQ(call.parameters.at("LocationConstraint"), "eu-west-1");
  EXPECT_EQ(add_document("no xml", call).error().name, "MalformedXML");
}

TEST(S3Request, TheDocumentOfACompletion) {
  WireCall call{.operation = "CompleteMultipartUpload", .parameters = {}};
  ASSERT_TRUE(add_document(
      R"(<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
         <Part><ETag>&quot;e1&quot;</ETag><PartNumber>1</PartNumber><ChecksumCRC32>x</ChecksumCRC32></Part>
         <Part><PartNumber> 2 </PartNumber><ETag>e2</ETag></Part></CompleteMultipartUpload>)",
      call));
  EXPECT_EQ(boost::json::serialize(call.parameters.at("MultipartUpload")),
            R"({"Parts":[{"PartNumber":1,"ETag":"\"e1\"","ChecksumCRC32":"x"},)"
            R"({"PartNumber":2,"ETag":"e2"}]})");
  for (const char* bad :
       {"", "<", "no xml", "<a><Part></Part></a>", "<a><Part><PartNumber>x</PartNumber></Part></a>",
        "<a><Part><PartNumber>10001</PartNumber></Part></a>",
        "<a><Part><PartNumber>-1</PartNumber></Part></a>"}) {
    const auto added = add_document(bad, call);
    ASSERT_FALSE(added) << bad;
    EXPECT_EQ(added.error().name, "MalformedXML") << bad;
  }
}

}  // namespace
}  // namespace sextant::api::s3
