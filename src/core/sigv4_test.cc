#include "core/sigv4.h"

#include <gtest/gtest.h>

#include "core/hash.h"
#include "core/time_text.h"

namespace sextant::sigv4 {
namespace {

struct Vector {
  std::string_view name;
  std::string_view method;
  std::string_view path;
  std::string_view query;
  Headers headers;
  std::string_view signature;
};

std::string signature_of(const Vector& vector, const std::string& secret,
                         const std::string& amz_date, const std::string& service,
                         std::string_view payload_hash) {
  const CredentialScope scope{
      .date = amz_date.substr(0, 8), .region = "us-east-1", .service = service};
  const auto canonical = canonical_request({.method = std::string(vector.method),
                                            .path = std::string(vector.path),
                                            .query = std::string(vector.query),
                                            .headers = vector.headers,
                                            .payload_hash = std::string(payload_hash)},
                                           service == "s3");
  return signature(signing_key(secret, scope), string_to_sign(amz_date, scope, canonical));
}

// The AWS Signature Version 4 test suite, as published with the general reference.
TEST(SigV4, AwsTestSuite) {
  const Headers plain{{"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}};
  const auto with = [&](Headers headers) {
    headers.insert(headers.end(), plain.begin(), plain.end());
    return headers;
  };
  constexpr std::string_view kVanilla =
      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
  const Vector vectors[] = {
      {"get-vanilla", "GET", "/", "", plain, kVanilla},
      {"get-relative", "GET", "/example/..", "", plain, kVanilla},
      {"get-relative-relative", "GET", "/example1/example2/../..", "", plain, kVanilla},
      {"get-slash", "GET", "//", "", plain, kVanilla},
      {"get-slash-dot-slash", "GET", "/./", "", plain, kVanilla},
      {"get-slashes", "GET", "//example//", "", plain,
       "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
      {"get-slash-pointless-dot", "GET", "/./example", "", plain,
       "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
      {"get-space", "GET", "/example space/", "", plain,
       "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
      {"get-utf8", "GET", "/\u1234", "", plain,
       "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
      {"get-unreserved", "GET",
       "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "", plain,
       "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
      {"get-vanilla-query-order-key-case", "GET", "/", "Param2=value2&Param1=value1", plain,
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-vanilla-query-order-value", "GET", "/", "Param1=value2&Param1=value1", plain,
       "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"},
      {"get-vanilla-utf8-query", "GET", "/", "\u1234=bar", plain,
       "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
      {"get-header-key-duplicate", "GET", "/", "",
       with({{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}}),
       "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
      {"get-header-value-order", "GET", "/", "",
       with({{"My-Header1", "value4"},
             {"My-Header1", "value1"},
             {"My-Header1", "value3"},
             {"My-Header1", "value2"}}),
       "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
      {"get-header-value-trim", "GET", "/", "",
       with({{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}}),
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"post-vanilla", "POST", "/", "", plain,
       "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"post-vanilla-query", "POST", "/", "Param1=value1", plain,
       "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
  };
  for (const auto& vector : vectors) {
    EXPECT_EQ(signature_of(vector, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830T123600Z",
                           "service", sha256_hex("")),
              vector.signature)
        << vector.name;
  }
}

constexpr std::string_view kS3Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
constexpr std::string_view kS3Date = "20130524T000000Z";

// docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
TEST(SigV4, ExamplesOfTheS3Reference) {
  const std::string empty = sha256_hex("");
  const std::string body = sha256_hex("Welcome to Amazon S3.");
  const auto headers = [](const std::string& payload, Headers more) {
    more.insert(more.end(), {{"Host", "examplebucket.s3.amazonaws.com"},
                             {"x-amz-content-sha256", payload},
                             {"x-amz-date", std::string(kS3Date)}});
    return more;
  };
  const std::pair<Vector, std::string> vectors[] = {
      {{"get object", "GET", "/test.txt", "", headers(empty, {{"Range", "bytes=0-9"}}),
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
       empty},
      {{"put object", "PUT", "/test%24file.text", "",
        headers(body, {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                       {"x-amz-storage-class", "REDUCED_REDUNDANCY"}}),
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
       body},
      {{"put object, sent with a bare $", "PUT", "/test$file.text", "",
        headers(body, {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                       {"x-amz-storage-class", "REDUCED_REDUNDANCY"}}),
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
       body},
      {{"get lifecycle", "GET", "/", "lifecycle", headers(empty, {}),
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
       empty},
      {{"list objects", "GET", "/", "max-keys=2&prefix=J", headers(empty, {}),
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
       empty},
  };
  for (const auto& [vector, payload] : vectors) {
    EXPECT_EQ(signature_of(vector, std::string(kS3Secret), std::string(kS3Date), "s3", payload),
              vector.signature)
        << vector.name;
  }
}

// docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
TEST(SigV4, PresignedExampleOfTheS3Reference) {
  const Vector vector{
      "presigned",
      "GET",
      "/test.txt",
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2F"
      "us-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&"
      "X-Amz-SignedHeaders=host",
      {{"host", "examplebucket.s3.amazonaws.com"}},
      "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"};
  EXPECT_EQ(
      signature_of(vector, std::string(kS3Secret), std::string(kS3Date), "s3", "UNSIGNED-PAYLOAD"),
      vector.signature);
}

TEST(SigV4, S3KeepsSlashesAndDotsOthersEncodeOnceMore) {
  const auto path_line = [](std::string_view path, bool is_s3) {
    const auto text = canonical_request({"GET", std::string(path), "", {}, ""}, is_s3);
    return text.substr(4, text.find('\n', 4) - 4);
  };
  EXPECT_EQ(path_line("/b//a/../k%20x", true), "/b//a/../k%20x");
  EXPECT_EQ(path_line("/k%2b%7e%zz", true), "/k%252b%257e%25zz");
  EXPECT_EQ(path_line("/k%2b%7e", true), "/k%2B~");
  EXPECT_EQ(path_line("/functions/f%3A1/x", false), "/functions/f%253A1/x");
  EXPECT_EQ(path_line("", false), "/");
}

TEST(SigV4, SignAddsWhatTheServerNeeds) {
  const auto now = parse_iso8601_basic(kS3Date);
  ASSERT_TRUE(now);
  SignedRequest get{"GET",
                    "/test.txt",
                    "",
                    {{"Host", "examplebucket.s3.amazonaws.com"}, {"Range", "bytes=0-9"}},
                    sha256_hex("")};
  sign({"AKIAIOSFODNN7EXAMPLE", std::string(kS3Secret)}, "us-east-1", "s3", *now, get);
  EXPECT_EQ(get.headers.back().first, "Authorization");
  EXPECT_EQ(get.headers.back().second,
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  SignedRequest post{"POST", "/", "", {{"Host", "h"}}, "UNSIGNED-PAYLOAD"};
  sign({"A", "S", "T"}, "r", "sqs", *now, post);
  EXPECT_EQ(post.headers[3], (Headers::value_type{"x-amz-security-token", "T"}));
  EXPECT_NE(post.headers.back().second.find("x-amz-security-token, "), std::string::npos);
}

}  // namespace
}  // namespace sextant::sigv4
