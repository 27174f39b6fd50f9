#include "services/s3/checksums.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cctype>

#include "core/encoding.h"
#include "core/json.h"

namespace sextant::services::s3 {
namespace {

struct Algorithm {
  std::string_view name;
  HashKind kind;
};

constexpr std::array kAlgorithms{
    Algorithm{"CRC32", HashKind::Crc32},         Algorithm{"CRC32C", HashKind::Crc32c},
    Algorithm{"CRC64NVME", HashKind::Crc64Nvme}, Algorithm{"SHA1", HashKind::Sha1},
    Algorithm{"SHA256", HashKind::Sha256},
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::unexpected<Error> bad_digest(std::string_view which) {
  return fail(Code::Invalid,
              "The " + std::string(which) + " you specified did not match the calculated checksum",
              "BadDigest");
}

// Reflected polynomials, as S3 uses them.
std::uint64_t polynomial(HashKind kind) {
  if (kind == HashKind::Crc32) return 0xEDB88320;
  return kind == HashKind::Crc32c ? 0x82F63B78 : 0x9A6C9329AC4BC9B5;
}

int crc_bits(HashKind kind) { return kind == HashKind::Crc64Nvme ? 64 : 32; }

using Matrix = std::array<std::uint64_t, 64>;  // over GF(2): column i is the image of bit i

std::uint64_t times(const Matrix& matrix, std::uint64_t vector) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; vector != 0; ++i, vector >>= 1) {
    if ((vector & 1) != 0) sum ^= matrix[i];
  }
  return sum;
}

Matrix squared(const Matrix& matrix, int bits) {
  Matrix result{};
  for (std::size_t i = 0; i < static_cast<std::size_t>(bits); ++i)
    result[i] = times(matrix, matrix[i]);
  return result;
}

Matrix one_zero_byte(HashKind kind) {
  Matrix shift{};  // one zero bit
  const auto bits = static_cast<std::size_t>(crc_bits(kind));
  shift[0] = polynomial(kind);
  for (std::size_t i = 1; i < bits; ++i) shift[i] = 1ull << (i - 1);
  for (int doubling = 0; doubling < 3; ++doubling) shift = squared(shift, crc_bits(kind));
  return shift;
}

std::uint64_t from_big_endian(std::string_view raw) {
  std::uint64_t value = 0;
  for (const char c : raw) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

std::string big_endian(std::uint64_t value, int bits) {
  std::string raw;
  for (int shift = bits - 8; shift >= 0; shift -= 8)
    raw.push_back(static_cast<char>(value >> shift));
  return raw;
}

}  // namespace

std::optional<HashKind> checksum_kind(std::string_view algorithm) {
  const auto found = std::ranges::find(kAlgorithms, algorithm, &Algorithm::name);
  return found == kAlgorithms.end() ? std::nullopt : std::optional(found->kind);
}

Result<ExpectedChecksums> expected_checksums(const boost::json::object& parameters) {
  ExpectedChecksums expected;
  for (const auto& algorithm : kAlgorithms) {
    const auto value = json::text_or(parameters, "Checksum" + std::string(algorithm.name));
    if (value.empty()) continue;
    if (!expected.value.empty()) {
      return fail(
          Code::Invalid,
          "Expecting a single x-amz-checksum- header. Multiple checksum types are not allowed.",
          "InvalidRequest");
    }
    expected.algorithm = algorithm.name;
    expected.value = value;
  }
  constexpr std::string_view kTrailerPrefix = "x-amz-checksum-";
  const auto trailer = lower(json::text_or(parameters, "Trailer"));
  for (const auto& algorithm : kAlgorithms) {
    if (trailer == std::string(kTrailerPrefix) + lower(algorithm.name))
      expected.algorithm = algorithm.name;
  }
  if (expected.algorithm.empty())
    expected.algorithm = json::text_or(parameters, "ChecksumAlgorithm");
  if (!expected.algorithm.empty() && !checksum_kind(expected.algorithm)) {
    return fail(Code::Invalid, "Checksum algorithm provided is unsupported: " + expected.algorithm,
                "InvalidRequest");
  }
  expected.content_md5 = json::text_or(parameters, "ContentMD5");
  if (!expected.content_md5.empty()) {
    const auto raw = from_base64(expected.content_md5);
    if (!raw || raw->size() != 16) {
      return fail(Code::Invalid, "The Content-MD5 you specified is not valid", "InvalidDigest");
    }
  }
  return expected;
}

ChecksumTaker::ChecksumTaker(const ExpectedChecksums& expected) : expected_(expected) {
  if (const auto kind = checksum_kind(expected.algorithm)) hasher_.emplace(*kind);
}

void ChecksumTaker::update(std::string_view bytes) {
  md5_.update(bytes);
  if (hasher_) hasher_->update(bytes);
}

Result<ChecksumTaker::Taken> ChecksumTaker::finish(
    const std::map<std::string, std::string>& trailers) {
  Taken taken{.md5 = md5_.finish(), .checksum = std::nullopt};
  if (!expected_.content_md5.empty() && base64(taken.md5) != expected_.content_md5) {
    return bad_digest("Content-MD5");
  }
  if (!hasher_) return taken;
  const auto value = base64(hasher_->finish());
  if (expected_.value.empty()) {
    const auto trailer = trailers.find("x-amz-checksum-" + lower(expected_.algorithm));
    if (trailer != trailers.end()) expected_.value = trailer->second;
  }
  if (!expected_.value.empty() && expected_.value != value) return bad_digest(expected_.algorithm);
  taken.checksum = store::Checksum{expected_.algorithm, value, "FULL_OBJECT"};
  return taken;
}

void add_checksum(const std::optional<store::Checksum>& checksum, boost::json::object& result) {
  if (!checksum) return;
  result["Checksum" + checksum->algorithm] = checksum->value;
  result["ChecksumType"] = checksum->type;
}

std::string composite_checksum(HashKind kind, const std::vector<std::string>& parts_base64) {
  std::string all;
  for (const auto& part : parts_base64) all += from_base64(part).value_or("");
  return base64(hash(kind, all)) + "-" + std::to_string(parts_base64.size());
}

std::string combine_crc(HashKind kind, std::string_view first_raw, std::string_view second_raw,
                        std::uint64_t second_bytes) {
  Matrix zeros = one_zero_byte(kind);
  std::uint64_t first = from_big_endian(first_raw);
  for (std::uint64_t left = second_bytes; left != 0; left >>= 1) {
    if ((left & 1) != 0) first = times(zeros, first);
    zeros = squared(zeros, crc_bits(kind));
  }
  return big_endian(first ^ from_big_endian(second_raw), crc_bits(kind));
}

}  // namespace sextant::services::s3
