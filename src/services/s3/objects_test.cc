// Objects: put, get, ranges, conditions, overwriting, deleting; and what becomes of their bytes.
#include <gtest/gtest.h>

#include "core/encoding.h"
#include "tests/support/s3_fixture.h"

namespace sextant::services::s3 {
namespace {

using test::pattern;

std::string md5(std::string_view bytes) { return "\"" + hex(hash(HashKind::Md5, bytes)) + "\""; }

class S3Objects : public test::S3Test {
 protected:
  S3Objects() { make_bucket(); }
};

TEST_F(S3Objects, ComeBackAsTheyWerePut) {
  for (const std::size_t size : {0u, 1u, 65'536u, 65'537u, 700'000u}) {
    const auto bytes = pattern(size);
    const auto stored = put("a/b", bytes,
                            {{"ContentType", "text/plain"},
                             {"CacheControl", "no-store"},
                             {"ContentEncoding", "gzip"},
                             {"Metadata", {{"team", "soc"}, {"empty", ""}}}});
    ASSERT_EQ(stored.error, "");
    EXPECT_EQ(stored.text("ETag"), md5(bytes));
    const auto got = get("a/b");
    EXPECT_EQ(got.body, bytes);
    EXPECT_EQ(got.text("ETag"), md5(bytes));
    EXPECT_EQ(got.text("ContentLength"), std::to_string(size));
    EXPECT_EQ(got.text("ContentType"), "text/plain");
    EXPECT_EQ(got.text("CacheControl"), "no-store");
    EXPECT_EQ(got.text("ContentEncoding"), "gzip");
    EXPECT_EQ(got.result.at("Metadata").at("team"), "soc");
    EXPECT_EQ(got.text("LastModified"), "2026-07-02T22:23:00.000Z");
    const auto head = call("HeadObject", {{"Bucket", "logs"}, {"Key", "a/b"}});
    EXPECT_EQ(head.result, got.result);
    EXPECT_EQ(head.body, "");
  }
}

TEST_F(S3Objects, KeysAreBytesAndNoPaths) {
  const std::vector<std::string> keys{
      "../../etc/passwd",     "/", "//a", "a//b", ".", "..", "a/../b", "%2e%2e", "ä\n\t",
      std::string(1'024, 'k')};
  for (const auto& key : keys) ASSERT_EQ(put(key, "bytes of " + key).error, "") << key;
  for (const auto& key : keys) EXPECT_EQ(get(key).body, "bytes of " + key);
  EXPECT_EQ(call("ListObjectsV2", {{"Bucket", "logs"}}).text("KeyCount"),
            std::to_string(keys.size()));
}

TEST_F(S3Objects, KeysThatS3RefusesAreRefused) {
  EXPECT_EQ(put("", "x").error, "InvalidArgument");
  EXPECT_EQ(put(std::string(1'025, 'k'), "x").error, "KeyTooLongError");
  EXPECT_EQ(put(std::string("a\0b", 3), "x").error, "InvalidArgument");
  EXPECT_EQ(put("\xFF", "x").error, "InvalidArgument");
}

TEST_F(S3Objects, WhatIsNotThereIsSaidSo) {
  EXPECT_EQ(get("none").error, "NoSuchKey");
  EXPECT_EQ(get("none").code, Code::NotFound);
  EXPECT_EQ(call("GetObject", {{"Bucket", "none"}, {"Key", "k"}}).error, "NoSuchBucket");
  EXPECT_EQ(call("PutObject", {{"Bucket", "none"}, {"Key", "k"}}, "x").error, "NoSuchBucket");
  EXPECT_EQ(call("DeleteObject", {{"Bucket", "none"}, {"Key", "k"}}).error, "NoSuchBucket");
  EXPECT_EQ(call("GetObject", {{"Bucket", "UPPER"}, {"Key", "k"}}).error, "InvalidBucketName");
}

TEST_F(S3Objects, Ranges) {
  const auto bytes = pattern(100'000);
  put("k", bytes);
  struct {
    const char* range;
    std::size_t first;
    std::size_t count;
    const char* content_range;  // nullptr: the whole object, 200
  } const table[] = {
      {"bytes=0-0", 0, 1, "bytes 0-0/100000"},
      {"bytes=5-9", 5, 5, "bytes 5-9/100000"},
      {"bytes=99999-", 99'999, 1, "bytes 99999-99999/100000"},
      {"bytes=10-1000000", 10, 99'990, "bytes 10-99999/100000"},
      {"bytes=-1", 99'999, 1, "bytes 99999-99999/100000"},
      {"bytes=-1000000", 0, 100'000, "bytes 0-99999/100000"},
      {"bytes=9-5", 0, 100'000, nullptr},
      {"bytes=0-1,5-6", 0, 100'000, nullptr},
      {"bytes=x-5", 0, 100'000, nullptr},
      {"bytes=5-x", 0, 100'000, nullptr},
      {"bytes=-", 0, 100'000, nullptr},
      {"bytes=", 0, 100'000, nullptr},
      {"items=0-5", 0, 100'000, nullptr},
      {"bytes=99999999999999999999-", 0, 100'000, nullptr},
  };
  for (const auto& row : table) {
    const auto got = get("k", {{"Range", row.range}});
    EXPECT_EQ(got.error, "") << row.range;
    EXPECT_EQ(got.body, bytes.substr(row.first, row.count)) << row.range;
    EXPECT_EQ(got.text("ContentLength"), std::to_string(row.count)) << row.range;
    EXPECT_EQ(got.text("ContentRange"), row.content_range ? row.content_range : "(absent)")
        << row.range;
  }
  for (const char* range : {"bytes=100000-", "bytes=100000-100001", "bytes=-0"})
    EXPECT_EQ(get("k", {{"Range", range}}).error, "InvalidRange") << range;
  put("empty", "");
  EXPECT_EQ(get("empty", {{"Range", "bytes=0-"}}).error, "InvalidRange");
}

TEST_F(S3Objects, ReadsUnderConditions) {
  put("k", "x");
  const auto etag = md5("x");
  const auto other = md5("y");
  const char* const same = "Thu, 02 Jul 2026 22:23:00 GMT";
  const char* const before = "Thu, 02 Jul 2026 22:22:59 GMT";
  struct {
    boost::json::object conditions;
    const char* error;
  } const table[] = {
      {{{"IfMatch", etag}}, ""},
      {{{"IfMatch", "*"}}, ""},
      {{{"IfMatch", other + ", " + etag}}, ""},
      {{{"IfMatch", other}}, "PreconditionFailed"},
      {{{"IfNoneMatch", other}}, ""},
      {{{"IfNoneMatch", etag}}, "NotModified"},
      {{{"IfNoneMatch", "*"}}, "NotModified"},
      {{{"IfModifiedSince", before}}, ""},
      {{{"IfModifiedSince", same}}, "NotModified"},
      {{{"IfUnmodifiedSince", same}}, ""},
      {{{"IfUnmodifiedSince", before}}, "PreconditionFailed"},
      // RFC 9110 §13.2.2: the ETag's condition silences the date's.
      {{{"IfMatch", etag}, {"IfUnmodifiedSince", before}}, ""},
      {{{"IfNoneMatch", other}, {"IfModifiedSince", same}}, ""},
      {{{"IfModifiedSince", "no date"}}, ""},
  };
  for (const auto& row : table)
    EXPECT_EQ(get("k", row.conditions).error, row.error) << boost::json::serialize(row.conditions);
}

TEST_F(S3Objects, WritesUnderConditions) {
  EXPECT_EQ(put("k", "1", {{"IfMatch", md5("0")}}).error, "NoSuchKey");
  EXPECT_EQ(put("k", "1", {{"IfNoneMatch", "*"}}).error, "");
  EXPECT_EQ(put("k", "2", {{"IfNoneMatch", "*"}}).error, "PreconditionFailed");
  EXPECT_EQ(put("k", "2", {{"IfMatch", md5("0")}}).error, "PreconditionFailed");
  EXPECT_EQ(get("k").body, "1");
  EXPECT_EQ(put("k", "2", {{"IfMatch", md5("1")}}).error, "");
  EXPECT_EQ(get("k").body, "2");
  const auto remove = [&](const std::string& etag) {
    return call("DeleteObject", {{"Bucket", "logs"}, {"Key", "k"}, {"IfMatch", etag}}).error;
  };
  EXPECT_EQ(remove(md5("1")), "PreconditionFailed");
  EXPECT_EQ(remove(md5("2")), "");
  EXPECT_EQ(get("k").error, "NoSuchKey");
}

TEST_F(S3Objects, TwoWhoCreateAtOnceDoNotBothSucceed) {
  store.hold();
  const boost::json::object parameters{{"Bucket", "logs"}, {"Key", "k"}, {"IfNoneMatch", "*"}};
  const auto first = begin("PutObject", parameters, "1");
  const auto second = begin("PutObject", parameters, "2");
  store.release();
  ASSERT_TRUE(*first);
  ASSERT_TRUE(*second);
  EXPECT_EQ((*first)->error, "");
  EXPECT_EQ((*second)->error, "PreconditionFailed");
  EXPECT_EQ(get("k").body, "1");
}

TEST_F(S3Objects, TwoWhoOverwriteAtOnceBothSucceedAndTheLaterStays) {
  store.hold();
  const auto first = begin("PutObject", {{"Bucket", "logs"}, {"Key", "k"}}, pattern(70'000));
  const auto second = begin("PutObject", {{"Bucket", "logs"}, {"Key", "k"}}, pattern(80'000));
  store.release();
  EXPECT_EQ((*first)->error, "");
  EXPECT_EQ((*second)->error, "");
  EXPECT_EQ(get("k").body, pattern(80'000));
  wait_for_collector();
  EXPECT_EQ(stored_bodies(), 1u);
}

TEST_F(S3Objects, BytesThatNobodyNeedsAreRemoved) {
  for (const std::size_t size : {10u, 70'000u}) {
    put("k", pattern(size));
    put("k", pattern(size + 1));
    wait_for_collector();
    EXPECT_EQ(stored_bodies(), 1u);
    EXPECT_EQ(get("k").body, pattern(size + 1));
    call("DeleteObject", {{"Bucket", "logs"}, {"Key", "k"}});
    wait_for_collector();
    EXPECT_EQ(stored_bodies(), 0u);
  }
}

// Blobs with which something happens when one is opened.
class WatchedBlobs final : public ports::BlobStore {
 public:
  using Bytes = Result<std::unique_ptr<ports::BlobReader>>;
  explicit WatchedBlobs(ports::BlobStore& blobs) : blobs_(blobs) {}
  Result<std::unique_ptr<ports::BlobWriter>> create() override { return blobs_.create(); }
  Bytes open(const ports::BlobId& id) const override {
    if (on_open) on_open(id);
    return blobs_.open(id);
  }
  Result<> remove(const ports::BlobId& id) override { return blobs_.remove(id); }
  Result<std::vector<ports::BlobId>> list(const ports::BlobId& after,
                                          std::size_t limit) const override {
    return blobs_.list(after, limit);
  }
  std::function<void(const ports::BlobId&)> on_open;

 private:
  ports::BlobStore& blobs_;
};

TEST_F(S3Objects, AReadWhileItIsOverwrittenGivesOneVersionOrTheOther) {
  WatchedBlobs watched(blobs);
  bodies.emplace(store, store, watched);
  open_operations();
  put("k", pattern(70'000));
  int overwrites = 0;
  watched.on_open = [&](const ports::BlobId& id) {
    if (overwrites == 3) return;
    put("k", pattern(70'001 + static_cast<std::size_t>(++overwrites)));
    EXPECT_TRUE(blobs.remove(id));  // as the collector may at once
  };
  const auto got = get("k");
  EXPECT_EQ(got.error, "");
  EXPECT_EQ(overwrites, 3);
  EXPECT_EQ(got.body, pattern(70'004));
  EXPECT_EQ(got.text("ContentLength"), "70004");
  watched.on_open = nullptr;
  bodies.emplace(store, store, blobs);  // whose collector would outlive `watched`
}

TEST_F(S3Objects, BytesThatAreMissingAreTheNodesFaultAndItsAffair) {
  put("k", pattern(70'000));
  const auto stored = blobs.list(ports::BlobId(), 10);
  for (const auto& id : *stored) ASSERT_TRUE(blobs.remove(id));
  const auto got = get("k");
  EXPECT_EQ(got.error, "InternalError");
  EXPECT_EQ(got.code, Code::Corrupt);
  EXPECT_EQ(got.message, "We encountered an internal error. Please try again.");
}

TEST_F(S3Objects, ARefusedPutLeavesNoBytes) {
  put("k", "x");
  EXPECT_EQ(put("k", pattern(70'000), {{"IfNoneMatch", "*"}}).error, "PreconditionFailed");
  EXPECT_EQ(put("k", pattern(70'000), {{"ContentMD5", base64(std::string(16, 'x'))}}).error,
            "BadDigest");
  wait_for_collector();
  EXPECT_EQ(stored_bodies(), 1u);
}

TEST_F(S3Objects, DeletingWhatIsNotThereIsNoError) {
  EXPECT_EQ(call("DeleteObject", {{"Bucket", "logs"}, {"Key", "none"}}).error, "");
}

TEST_F(S3Objects, EveryChangeHasItsAuditRecordInItsCommit) {
  const auto records = [&] { return *store.next_sequence(store::keys::audit_stream(scope)); };
  const auto before = records();
  put("k", "x");
  EXPECT_EQ(records(), before + 1);
  get("k");
  EXPECT_EQ(records(), before + 2);
}

TEST_F(S3Objects, AFullQueueIsSlowDownAndHarmsNothing) {
  adapters::MemoryStore tiny{clock, {.queue_batches_max = 0}};
  guard::AuditLog full_audit{scope, clock, tiny};
  guard::Gate full_gate{scope, clock, policies, full_audit};
  std::string error;
  for (const auto& row : operations) {
    if (row.name != "PutObject") continue;
    full_gate.run(row, {.principal = root()},
                  {.parameters = {{"Bucket", "logs"}, {"Key", "k"}}, .body = make_body("x")},
                  [&](const Result<sdk::Output>& output) {
                    error = output ? "" : std::string(to_string(output.error().code));
                  });
  }
  EXPECT_EQ(error, to_string(Code::Exhausted));
  EXPECT_EQ(get("k").error, "NoSuchKey");
}

}  // namespace
}  // namespace sextant::services::s3
