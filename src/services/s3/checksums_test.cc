#include "services/s3/checksums.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/encoding.h"
#include "tests/support/s3_fixture.h"

namespace sextant::services::s3 {
namespace {

using test::pattern;

struct Known {
  const char* algorithm;
  const char* value;  // base64, of "123456789"
};

// The check values of the catalogue of parametrised CRC algorithms, and FIPS 180-4.
constexpr Known kOfDigits[] = {
    {"CRC32", "y/Q5Jg=="},                                       // cbf43926
    {"CRC32C", "4waSgw=="},                                      // e3069283
    {"CRC64NVME", "rosUhgp5mIg="},                               // ae8b14860a799888
    {"SHA1", "98O8HYCOBHMq32eZZczDTKeuNEE="},                    //
    {"SHA256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="},  //
};

class S3Checksums : public test::S3Test {
 protected:
  S3Checksums() { make_bucket(); }
};

TEST_F(S3Checksums, AnnouncedInAHeaderAreCheckedKeptAndGivenBack) {
  for (const auto& known : kOfDigits) {
    const auto member = std::string("Checksum") + known.algorithm;
    const auto stored = put("k", "123456789", {{member, known.value}});
    EXPECT_EQ(stored.error, "") << known.algorithm;
    EXPECT_EQ(stored.text(member), known.value);
    EXPECT_EQ(stored.text("ChecksumType"), "FULL_OBJECT");
    EXPECT_EQ(get("k", {{"ChecksumMode", "ENABLED"}}).text(member), known.value);
    EXPECT_EQ(get("k").text(member), "(absent)");
    const auto part = get("k", {{"ChecksumMode", "ENABLED"}, {"Range", "bytes=0-1"}});
    EXPECT_EQ(part.text(member), "(absent)");
    EXPECT_EQ(put("k", "12345678", {{member, known.value}}).error, "BadDigest") << known.algorithm;
  }
}

TEST_F(S3Checksums, OfTheTrailerAreCheckedToo) {
  for (const auto& known : kOfDigits) {
    std::string header = std::string("x-amz-checksum-") + known.algorithm;
    for (char& c : header) c = static_cast<char>(std::tolower(c));
    const boost::json::object parameters{{"Bucket", "logs"}, {"Key", "k"}, {"Trailer", header}};
    const auto good = call("PutObject", parameters, "123456789", {{header, known.value}});
    EXPECT_EQ(good.error, "") << header;
    EXPECT_EQ(good.text(std::string("Checksum") + known.algorithm), known.value);
    EXPECT_EQ(call("PutObject", parameters, "12345678", {{header, known.value}}).error,
              "BadDigest");
  }
}

TEST_F(S3Checksums, AreMadeWhenOnlyTheAlgorithmIsNamed) {
  EXPECT_EQ(put("k", "123456789", {{"ChecksumAlgorithm", "CRC32C"}}).text("ChecksumCRC32C"),
            "4waSgw==");
}

TEST_F(S3Checksums, WrongAnnouncementsAreRefused) {
  EXPECT_EQ(put("k", "x", {{"ChecksumCRC32", "a"}, {"ChecksumSHA1", "b"}}).error, "InvalidRequest");
  EXPECT_EQ(put("k", "x", {{"ChecksumAlgorithm", "MD4"}}).error, "InvalidRequest");
  EXPECT_EQ(put("k", "x", {{"ContentMD5", "no"}}).error, "InvalidDigest");
  EXPECT_EQ(put("k", "x", {{"ContentMD5", base64(std::string(16, '0'))}}).error, "BadDigest");
  EXPECT_EQ(put("k", "x", {{"ContentMD5", base64(hash(HashKind::Md5, "x"))}}).error, "");
}

TEST(CombineCrc, IsTheCrcOfBothTogether) {
  for (const auto kind : {HashKind::Crc32, HashKind::Crc32c, HashKind::Crc64Nvme}) {
    for (const std::size_t first : {0u, 1u, 7u, 5'000u}) {
      for (const std::size_t second : {0u, 1u, 8u, 255u, 100'003u}) {
        const auto a = pattern(first);
        const auto b = pattern(second + 3).substr(3);
        EXPECT_EQ(hex(combine_crc(kind, hash(kind, a), hash(kind, b), b.size())),
                  hex(hash(kind, a + b)))
            << static_cast<int>(kind) << ": " << first << "+" << second;
      }
    }
  }
}

TEST(CompositeChecksum, IsTheChecksumOfTheChecksumsAndTheirNumber) {
  const auto raw = hash(HashKind::Sha256, "a") + hash(HashKind::Sha256, "b");
  EXPECT_EQ(composite_checksum(HashKind::Sha256, {base64(hash(HashKind::Sha256, "a")),
                                                  base64(hash(HashKind::Sha256, "b"))}),
            base64(hash(HashKind::Sha256, raw)) + "-2");
}

}  // namespace
}  // namespace sextant::services::s3
