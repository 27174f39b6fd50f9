#include "api/s3/s3_response.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace sextant::api::s3 {
namespace {

std::string body_of(net::Response& response) {
  if (!response.body) return {};
  return read_all_blocking(std::move(response.body), 1 << 20).value_or("(error)");
}

std::string header(const net::Response& response, std::string_view name) {
  return std::string(net::find_header(response.headers, name).value_or("(absent)"));
}

sdk::Output output(boost::json::object result) {
  sdk::Output made;
  made.result = std::move(result);
  return made;
}

TEST(S3Response, AnObjectIsHeadersAndBody) {
  auto made = output({{"ETag", "\"e\""},
                      {"LastModified", "2026-07-02T22:23:00.000Z"},
                      {"ContentType", "text/plain"},
                      {"ContentLength", 3},
                      {"ChecksumCRC32", "AAAA"},
                      {"Metadata", {{"team", "soc"}}}});
  made.body = make_body("abc");
  auto response = to_response("GetObject", std::move(made));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(header(response, "ETag"), "\"e\"");
  EXPECT_EQ(header(response, "Last-Modified"), "Thu, 02 Jul 2026 22:23:00 GMT");
  EXPECT_EQ(header(response, "Content-Type"), "text/plain");
  EXPECT_EQ(header(response, "x-amz-checksum-crc32"), "AAAA");
  EXPECT_EQ(header(response, "x-amz-meta-team"), "soc");
  EXPECT_EQ(body_of(response), "abc");
}

TEST(S3Response, ANewUploadTellsItsChecksumInHeaders) {
  auto response = to_response(
      "CreateMultipartUpload",
      output({{"UploadId", "u"}, {"ChecksumAlgorithm", "CRC32"}, {"ChecksumType", "COMPOSITE"}}));
  EXPECT_EQ(header(response, "x-amz-checksum-algorithm"), "CRC32");
  EXPECT_EQ(header(response, "x-amz-checksum-type"), "COMPOSITE");
  const auto document = body_of(response);
  EXPECT_TRUE(document.contains("<UploadId>u</UploadId>")) << document;
  EXPECT_FALSE(document.contains("Checksum")) << document;
}

TEST(S3Response, Statuses) {
  EXPECT_EQ(to_response("PutObject", output({})).status, 200);
  EXPECT_EQ(to_response("DeleteObject", output({})).status, 204);
  EXPECT_EQ(to_response("DeleteBucket", output({})).status, 204);
  EXPECT_EQ(to_response("AbortMultipartUpload", output({})).status, 204);
  EXPECT_EQ(to_response("GetObject", output({{"ContentRange", "bytes 0-1/3"}})).status, 206);
  EXPECT_EQ(header(to_response("CreateBucket", output({{"Location", "/logs"}})), "Location"),
            "/logs");
}

TEST(S3Response, AHeadTellsTheLengthOfWhatItDoesNotSend) {
  const auto response = to_response("HeadObject", output({{"ContentLength", 70'000}}));
  EXPECT_EQ(response.head_length, 70'000u);
  EXPECT_EQ(response.body, nullptr);
}

TEST(S3Response, AListIsADocument) {
  auto response = to_response(
      "ListObjectsV2",
      output({{"Name", "logs"},
              {"IsTruncated", false},
              {"Contents", {{{"Key", "a<b>&\"c\""}, {"Size", 1}}, {{"Key", "d"}, {"Size", 2}}}},
              {"CommonPrefixes", {{{"Prefix", "p/"}}}}}));
  EXPECT_EQ(header(response, "Content-Type"), "application/xml");
  const auto text = body_of(response);
  EXPECT_TRUE(text.contains("<ListBucketResult xmlns=")) << text;
  EXPECT_TRUE(text.contains("<IsTruncated>false</IsTruncated>")) << text;
  EXPECT_TRUE(text.contains("<Contents><Key>a&lt;b&gt;&amp;")) << text;
  EXPECT_TRUE(text.contains("<Contents><Key>d</Key><Size>2</Size></Contents>")) << text;
  EXPECT_TRUE(text.contains("<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>")) << text;
}

TEST(S3Response, ListsHaveTheNamesThatTheirReadersKnow) {
  auto buckets = to_response("ListBuckets", output({{"Buckets", {{{"Name", "b"}}}}}));
  EXPECT_TRUE(body_of(buckets).contains("<Buckets><Bucket><Name>b</Name></Bucket></Buckets>"));
  auto parts = to_response("ListParts", output({{"Parts", {{{"PartNumber", 1}}}}}));
  EXPECT_TRUE(body_of(parts).contains("<Part><PartNumber>1</PartNumber></Part>"));
  auto uploads = to_response("ListMultipartUploads", output({{"Uploads", {{{"Key", "k"}}}}}));
  EXPECT_TRUE(body_of(uploads).contains("<Upload><Key>k</Key></Upload>"));
}

TEST(S3Response, Errors) {
  const Error missing{Code::NotFound, "no <such> key", "NoSuchKey"};
  auto response = to_error_response(missing, "/logs/a&b", "r1", false);
  EXPECT_EQ(response.status, 404);
  const auto text = body_of(response);
  EXPECT_TRUE(text.contains("<Code>NoSuchKey</Code><Message>no &lt;such&gt; key</Message>"))
      << text;
  EXPECT_TRUE(text.contains("<Resource>/logs/a&amp;b</Resource>")) << text;
  EXPECT_TRUE(text.contains("<RequestId>r1</RequestId>")) << text;
  EXPECT_EQ(to_error_response(missing, "/", "r", true).body, nullptr);
  struct {
    Error error;
    int status;
  } const table[] = {
      {{Code::Conflict, "", "PreconditionFailed"}, 412},
      {{Code::Conflict, "", "NotModified"}, 304},
      {{Code::Conflict, "", "BucketNotEmpty"}, 409},
      {{Code::Invalid, "", "InvalidRange"}, 416},
      {{Code::Invalid, "", "NotImplemented"}, 501},
      {{Code::Invalid, "", "BadDigest"}, 400},
      {{Code::Denied, "", "AccessDenied"}, 403},
      {{Code::Denied, "", "InvalidToken"}, 400},
      {{Code::Denied, "", "ExpiredToken"}, 400},
      {{Code::Exhausted, "", "SlowDown"}, 503},
      {{Code::Unavailable, "", ""}, 503},
      {{Code::Corrupt, "", ""}, 500},
  };
  for (const auto& row : table) {
    const auto made = to_error_response(row.error, "/", "r", false);
    EXPECT_EQ(made.status, row.status) << row.error.name;
    EXPECT_EQ(header(made, "Retry-After"), row.status == 503 ? "1" : "(absent)");
  }
  EXPECT_EQ(to_error_response({Code::Conflict, "", "NotModified"}, "/", "r", false).body, nullptr);
}

}  // namespace
}  // namespace sextant::api::s3
