#pragma once
// The checksums that S3 clients send and expect: Content-MD5 and x-amz-checksum-*, in a header or
// in the trailer of an aws-chunked body. Source: AWS's "Checking object integrity" pages.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/hash.h"
#include "core/result.h"
#include "sdk/service_caller.h"
#include "store/s3_records.h"

namespace sextant::services::s3 {

// "CRC32C" -> HashKind; nullopt when S3 has no such algorithm.
std::optional<HashKind> checksum_kind(std::string_view algorithm);

// What the client announced, from the operation's parameters (ChecksumCRC32, ChecksumAlgorithm,
// ContentMD5, and Trailer: the name of the checksum header that follows the body).
struct ExpectedChecksums {
  std::string algorithm;  // "" when the client asked for none
  std::string value;  // base64; "" when it follows in the trailer, or only the algorithm was named
  std::string content_md5;  // base64
};
// InvalidRequest: two algorithms, or one that is not known; InvalidDigest: Content-MD5 is not 16
// bytes.
Result<ExpectedChecksums> expected_checksums(const boost::json::object& parameters);

// Sees the body pass by; afterwards compares. The MD5 is always made: it is the ETag.
class ChecksumTaker {
 public:
  explicit ChecksumTaker(const ExpectedChecksums& expected);
  void update(std::string_view bytes);
  struct Taken {
    std::string md5;  // 16 raw bytes
    std::optional<store::Checksum> checksum;
  };
  // `trailers`: lower-case names. BadDigest when something is not what was announced.
  Result<Taken> finish(const std::map<std::string, std::string>& trailers);

 private:
  ExpectedChecksums expected_;
  Hasher md5_{HashKind::Md5};
  std::optional<Hasher> hasher_;
};

// Adds ChecksumCRC32 or so, and ChecksumType, to an operation's result.
void add_checksum(const std::optional<store::Checksum>& checksum, boost::json::object& result);

// Of a multipart upload whose parts have these checksums: composite, or for CRCs full object when
// asked.
std::string composite_checksum(HashKind kind, const std::vector<std::string>& parts_base64);

// The CRC of two byte strings after each other, from their CRCs and the second one's length.
std::string combine_crc(HashKind kind, std::string_view first_raw, std::string_view second_raw,
                        std::uint64_t second_bytes);

}  // namespace sextant::services::s3
