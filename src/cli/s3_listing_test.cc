#include "cli/s3_listing.h"

#include <gtest/gtest.h>

namespace sextant::cli {
namespace {

TEST(S3Listing, Locations) {
  struct Case {
    const char* url;
    const char* bucket;
    const char* prefix;
  };
  for (const auto& each : {Case{"s3://logs", "logs", ""}, Case{"s3://logs/", "logs", ""},
                           Case{"s3://my.logs-1/AWSLogs/1/a b", "my.logs-1", "AWSLogs/1/a b"}}) {
    const auto found = parse_s3_url(each.url);
    ASSERT_TRUE(found) << each.url;
    EXPECT_EQ(found->bucket, each.bucket);
    EXPECT_EQ(found->prefix, each.prefix);
  }
  for (const char* url : {"", "s3:/", "http://logs/x", "s3://", "s3:///x", "s3://ab",
                          "s3://a b c/x", "s3://a..b/x", "s3://-abc/x", "s3://u:p@host/x"}) {
    EXPECT_FALSE(parse_s3_url(url)) << url;
  }
  EXPECT_TRUE(is_s3_url("s3://x"));
  EXPECT_FALSE(is_s3_url("s3:/x"));
}

TEST(S3Listing, Etags) {
  const std::pair<std::string, std::string> table[] = {
      {"\"0123abcd-17\"", "0123abcd-17"}, {"0123", "0123"}, {"", ""},
      {"\"a\r\nX-Evil: 1\"", ""},         {"a b", ""},      {std::string(200, 'a'), ""}};
  for (const auto& [text, plain] : table) EXPECT_EQ(plain_etag(text), plain) << text;
}

TEST(S3Listing, APage) {
  const auto page = parse_listing(
      "<?xml version=\"1.0\"?><ListBucketResult><EncodingType>url</EncodingType>"
      "<IsTruncated>true</IsTruncated><NextContinuationToken>t/1</NextContinuationToken>"
      "<Contents><Key>dir/</Key><Size>0</Size></Contents>"
      "<Contents><Key>dir/a+b%2Bc%0A</Key><ETag>&quot;e1&quot;</ETag><Size>12</Size></Contents>"
      "<Contents><Key>dir/empty</Key><ETag>\"e2\"</ETag><Size>0</Size></Contents>"
      "<CommonPrefixes><Prefix>x</Prefix></CommonPrefixes></ListBucketResult>");
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->next, "t/1");
  ASSERT_EQ(page->objects.size(), 2u);
  EXPECT_EQ(page->objects[0].key, "dir/a b+c\n");
  EXPECT_EQ(page->objects[0].etag, "e1");
  EXPECT_EQ(page->objects[0].size, 12u);
  EXPECT_EQ(page->objects[1].key, "dir/empty");
  const auto plain = parse_listing(
      "<ListBucketResult><Contents><Key>a+b%20</Key><Size>1</Size></Contents></ListBucketResult>");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->objects.at(0).key, "a+b%20") << "not encoded, so not decoded";
  EXPECT_EQ(plain->next, "");
}

TEST(S3Listing, WhatIsNoListingIsInvalid) {
  for (const char* text :
       {"", "<html/>", "<ListBucketResult>",
        "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>",
        "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
        "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%zz</Key><Size>1</Size>"
        "</Contents></ListBucketResult>"}) {
    EXPECT_FALSE(parse_listing(text)) << text;
  }
}

}  // namespace
}  // namespace sextant::cli
