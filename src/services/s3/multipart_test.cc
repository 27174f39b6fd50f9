#include "services/s3/multipart.h"

#include <gtest/gtest.h>

#include "core/encoding.h"
#include "tests/support/s3_fixture.h"

namespace sextant::services::s3 {
namespace {

using boost::json::array;
using boost::json::object;
using test::pattern;

const std::string kLarge = pattern(kPartBytesMin);

class S3Multipart : public test::S3Test {
 protected:
  S3Multipart() { make_bucket(); }

  std::string start(object more = {}) {
    const auto answer = call("CreateMultipartUpload", with("", std::move(more)));
    EXPECT_EQ(answer.error, "");
    return answer.text("UploadId");
  }
  static object with(const std::string& upload, object more = {}) {
    more["Bucket"] = "logs";
    more["Key"] = "k";
    if (!upload.empty()) more["UploadId"] = upload;
    return more;
  }
  test::Answer part(const std::string& upload, int number, std::string bytes, object more = {}) {
    more["PartNumber"] = std::to_string(number);
    return call("UploadPart", with(upload, std::move(more)), std::move(bytes));
  }
  test::Answer complete(const std::string& upload,
                        const std::vector<std::pair<int, std::string>>& parts, object more = {}) {
    array named;
    for (const auto& [number, etag] : parts)
      named.push_back(object{{"PartNumber", number}, {"ETag", etag}});
    more["MultipartUpload"] = object{{"Parts", std::move(named)}};
    return call("CompleteMultipartUpload", with(upload, std::move(more)));
  }
  static std::string etag(std::string_view bytes) {
    return "\"" + hex(hash(HashKind::Md5, bytes)) + "\"";
  }
  std::size_t stored_parts(const std::string& upload) {
    return store.scan(store::keys::parts(scope, upload), "", 100)->size();
  }
};

TEST_F(S3Multipart, PartsBecomeOneObjectInTheirOrder) {
  const auto upload = start({{"ContentType", "text/plain"}, {"Metadata", {{"a", "b"}}}});
  const auto last = pattern(1'000);
  EXPECT_EQ(part(upload, 10, last).text("ETag"), etag(last));
  EXPECT_EQ(part(upload, 9, kLarge).error, "");
  EXPECT_EQ(part(upload, 3, "not named").error, "");
  EXPECT_EQ(get("k").error, "NoSuchKey");
  const auto done = complete(upload, {{9, etag(kLarge)}, {10, hex(hash(HashKind::Md5, last))}});
  ASSERT_EQ(done.error, "");
  const auto digests = hash(HashKind::Md5, kLarge) + hash(HashKind::Md5, last);
  const auto whole_etag = "\"" + hex(hash(HashKind::Md5, digests)) + "-2\"";
  EXPECT_EQ(done.text("ETag"), whole_etag);
  const auto got = get("k");
  EXPECT_EQ(got.body, kLarge + last);
  EXPECT_EQ(got.text("ETag"), whole_etag);
  EXPECT_EQ(got.text("ContentType"), "text/plain");
  EXPECT_EQ(got.result.at("Metadata").at("a"), "b");
  const auto across = std::to_string(kPartBytesMin - 2) + "-" + std::to_string(kPartBytesMin + 1);
  EXPECT_EQ(get("k", {{"Range", "bytes=" + across}}).body,
            kLarge.substr(kPartBytesMin - 2) + last.substr(0, 2));
  EXPECT_EQ(complete(upload, {{9, etag(kLarge)}}).error, "NoSuchUpload");
  wait_for_collector();
  EXPECT_EQ(stored_bodies(), 2u);
  call("DeleteObject", {{"Bucket", "logs"}, {"Key", "k"}});
  wait_for_collector();
  EXPECT_EQ(stored_bodies(), 0u);
}

TEST_F(S3Multipart, AWrongCompletionIsRefusedAndTheUploadStays) {
  const auto upload = start();
  part(upload, 1, "small");
  part(upload, 2, kLarge);
  const auto small = etag("small");
  const auto large = etag(kLarge);
  struct {
    std::vector<std::pair<int, std::string>> parts;
    const char* error;
  } const table[] = {
      {{}, "MalformedXML"},
      {{{2, large}, {1, small}}, "InvalidPartOrder"},
      {{{1, small}, {1, small}}, "InvalidPartOrder"},
      {{{1, small}, {3, small}}, "InvalidPart"},
      {{{3, small}}, "InvalidPart"},
      {{{1, large}}, "InvalidPart"},
      {{{1, ""}}, "InvalidPart"},
      {{{0, small}}, "InvalidPart"},
      {{{1, small}, {2, large}}, "EntityTooSmall"},
  };
  for (const auto& row : table) {
    EXPECT_EQ(complete(upload, row.parts).error, row.error);
  }
  EXPECT_EQ(get("k").error, "NoSuchKey");
  EXPECT_EQ(complete(upload, {{2, large}}).error, "");
}

TEST_F(S3Multipart, PartNumbersAreFromOneToTenThousand) {
  const auto upload = start();
  for (const char* number : {"0", "10001", "-1", "x", "", "1x", "99999999999"}) {
    EXPECT_EQ(call("UploadPart", with(upload, {{"PartNumber", number}}), "x").error,
              "InvalidArgument")
        << number;
  }
  EXPECT_EQ(part(upload, 10'000, "x").error, "");
}

TEST_F(S3Multipart, APartThatComesAgainReplacesTheFirst) {
  const auto upload = start();
  part(upload, 1, pattern(70'000));
  part(upload, 1, pattern(80'000));
  wait_for_collector();
  EXPECT_EQ(stored_bodies(), 1u);
  EXPECT_EQ(complete(upload, {{1, etag(pattern(70'000))}}).error, "InvalidPart");
  EXPECT_EQ(complete(upload, {{1, etag(pattern(80'000))}}).error, "");
  EXPECT_EQ(get("k").body, pattern(80'000));
}

TEST_F(S3Multipart, APartThatComesTwiceAtOnceIsTakenTwice) {
  const auto upload = start();
  store.hold();
  const auto first = begin("UploadPart", with(upload, {{"PartNumber", "1"}}), pattern(70'000));
  const auto second = begin("UploadPart", with(upload, {{"PartNumber", "1"}}), pattern(70'000));
  store.release();
  EXPECT_EQ((*first)->error, "");
  EXPECT_EQ((*second)->error, "");
  wait_for_collector();
  EXPECT_EQ(stored_bodies(), 1u);
}

TEST_F(S3Multipart, AnAbortedUploadLeavesNothing) {
  const auto upload = start();
  part(upload, 1, pattern(70'000));
  part(upload, 2, "x");
  EXPECT_EQ(call("AbortMultipartUpload", with(upload)).error, "");
  wait_for_collector();
  EXPECT_EQ(stored_bodies(), 0u);
  EXPECT_EQ(stored_parts(upload), 0u);
  EXPECT_EQ(part(upload, 1, "x").error, "NoSuchUpload");
  EXPECT_EQ(call("AbortMultipartUpload", with(upload)).error, "NoSuchUpload");
  EXPECT_EQ(call("ListParts", with(upload)).error, "NoSuchUpload");
  EXPECT_EQ(stored_bodies(), 0u);
}

// Whichever comes first: a part on its way does not outlive its upload.
TEST_F(S3Multipart, APartOnItsWayDoesNotOutliveItsUpload) {
  for (const bool part_first : {true, false}) {
    const auto upload = start();
    store.hold();
    std::shared_ptr<std::optional<test::Answer>> sent;
    if (part_first)
      sent = begin("UploadPart", with(upload, {{"PartNumber", "1"}}), pattern(70'000));
    const auto aborted = begin("AbortMultipartUpload", with(upload));
    if (!part_first)
      sent = begin("UploadPart", with(upload, {{"PartNumber", "1"}}), pattern(70'000));
    store.release();
    EXPECT_EQ((*aborted)->error, "");
    EXPECT_EQ((*sent)->error, part_first ? "" : "NoSuchUpload");
    wait_for_collector();
    EXPECT_EQ(stored_parts(upload), 0u);
    EXPECT_EQ(stored_bodies(), 0u);
  }
}

TEST_F(S3Multipart, BelongsToItsKey) {
  const auto upload = start();
  auto foreign = with(upload, {{"PartNumber", "1"}});
  foreign["Key"] = "other";
  EXPECT_EQ(call("UploadPart", foreign, "x").error, "NoSuchUpload");
  EXPECT_EQ(call("AbortMultipartUpload", foreign).error, "NoSuchUpload");
  EXPECT_EQ(part("none", 1, "x").error, "NoSuchUpload");
}

TEST_F(S3Multipart, IsListed) {
  const auto upload = start();
  part(upload, 2, "xy");
  part(upload, 1, "x");
  const auto parts = call("ListParts", with(upload)).result.at("Parts").as_array();
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].at("PartNumber"), 1);
  EXPECT_EQ(parts[1].at("Size"), 2);
  EXPECT_EQ(parts[1].at("ETag").as_string(), etag("xy"));
  const auto uploads =
      call("ListMultipartUploads", {{"Bucket", "logs"}}).result.at("Uploads").as_array();
  ASSERT_EQ(uploads.size(), 1u);
  EXPECT_EQ(uploads[0].at("UploadId").as_string(), upload);
  EXPECT_EQ(uploads[0].at("Key"), "k");
}

TEST_F(S3Multipart, ChecksumsOfParts) {
  struct {
    const char* algorithm;
    HashKind kind;
    const char* type;  // "": as S3 chooses
    bool full_object;
  } const table[] = {
      {"CRC32", HashKind::Crc32, "", false},
      {"CRC32", HashKind::Crc32, "FULL_OBJECT", true},
      {"CRC32C", HashKind::Crc32c, "FULL_OBJECT", true},
      {"CRC64NVME", HashKind::Crc64Nvme, "", true},
      {"SHA1", HashKind::Sha1, "COMPOSITE", false},
      {"SHA256", HashKind::Sha256, "", false},
  };
  const auto last = pattern(12'345);
  for (const auto& row : table) {
    object options{{"ChecksumAlgorithm", row.algorithm}};
    if (*row.type != '\0') options["ChecksumType"] = row.type;
    const auto upload = start(options);
    const auto member = std::string("Checksum") + row.algorithm;
    const auto first = hash(row.kind, kLarge);
    EXPECT_EQ(part(upload, 1, kLarge).text(member), base64(first)) << row.algorithm;
    EXPECT_EQ(part(upload, 2, last, {{member, base64(first)}}).error, "BadDigest");
    EXPECT_EQ(part(upload, 2, last, {{member, base64(hash(row.kind, last))}}).error, "");
    const auto expected = row.full_object
                              ? base64(hash(row.kind, kLarge + last))
                              : base64(hash(row.kind, first + hash(row.kind, last))) + "-2";
    EXPECT_EQ(complete(upload, {{1, etag(kLarge)}, {2, etag(last)}}, {{member, "AAAA"}}).error,
              "BadDigest");
    const auto done = complete(upload, {{1, etag(kLarge)}, {2, etag(last)}}, {{member, expected}});
    EXPECT_EQ(done.error, "") << row.algorithm << row.type;
    EXPECT_EQ(done.text(member), expected) << row.algorithm << row.type;
    EXPECT_EQ(done.text("ChecksumType"), row.full_object ? "FULL_OBJECT" : "COMPOSITE");
    EXPECT_EQ(get("k", {{"ChecksumMode", "ENABLED"}}).text(member), expected);
  }
}

TEST_F(S3Multipart, ChecksumTypesThatDoNotFitAreRefused) {
  const auto refused = [&](const char* algorithm, const char* type) {
    return call("CreateMultipartUpload",
                with("", {{"ChecksumAlgorithm", algorithm}, {"ChecksumType", type}}))
        .error;
  };
  EXPECT_EQ(refused("SHA256", "FULL_OBJECT"), "InvalidRequest");
  EXPECT_EQ(refused("SHA1", "FULL_OBJECT"), "InvalidRequest");
  EXPECT_EQ(refused("CRC64NVME", "COMPOSITE"), "InvalidRequest");
  EXPECT_EQ(refused("CRC32", "HALF"), "InvalidRequest");
  EXPECT_EQ(refused("MD4", "COMPOSITE"), "InvalidRequest");
}

TEST_F(S3Multipart, CompletesUnderConditions) {
  put("k", "old");
  const auto upload = start();
  part(upload, 1, "new");
  EXPECT_EQ(complete(upload, {{1, etag("new")}}, {{"IfNoneMatch", "*"}}).error,
            "PreconditionFailed");
  EXPECT_EQ(complete(upload, {{1, etag("new")}}, {{"IfMatch", etag("old")}}).error, "");
  EXPECT_EQ(get("k").body, "new");
}

}  // namespace
}  // namespace sextant::services::s3
