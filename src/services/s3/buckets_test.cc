#include <gtest/gtest.h>

#include "adapters/faulty/store.h"
#include "services/s3/failure_bucket.h"
#include "services/s3/names.h"
#include "tests/support/s3_fixture.h"

namespace sextant::services::s3 {
namespace {

class S3Buckets : public test::S3Test {
 protected:
  test::Answer remove(const std::string& name) { return call("DeleteBucket", {{"Bucket", name}}); }
  void store_bucket(const store::BucketRecord& record) {
    ports::Batch batch;
    batch.puts.push_back(
        {store::keys::bucket(scope, BucketName(record.name)), store::encode(record)});
    ASSERT_TRUE(ports::commit(store, std::move(batch)));
  }
};

TEST(S3Names, Buckets) {
  for (const char* good : {"abc", "a.b", "a-b", "0ab", "ab0", "1.2.3", "1.2.3.4a", "my.logs-2026"})
    EXPECT_TRUE(check_bucket_name(good)) << good;
  EXPECT_TRUE(check_bucket_name(std::string(63, 'a')));
  for (const char* bad : {"", "ab", "Abc", "a_b", "a b", "-ab", "ab-", ".ab", "ab.", "a..b",
                          "192.168.0.1", "ä12", "a/b", "../x", "_sextant"}) {
    const auto checked = check_bucket_name(bad);
    ASSERT_FALSE(checked) << bad;
    EXPECT_EQ(checked.error().name, "InvalidBucketName");
  }
  EXPECT_FALSE(check_bucket_name(std::string(64, 'a')));
}

TEST_F(S3Buckets, AreMadeInTheNodesRegionOnly) {
  EXPECT_EQ(call("CreateBucket", {{"Bucket", "aaa"}, {"LocationConstraint", "eu-west-1"}}).error,
            "IllegalLocationConstraintException");
  EXPECT_EQ(call("HeadBucket", {{"Bucket", "aaa"}}).error, "NoSuchBucket");
  EXPECT_EQ(call("CreateBucket", {{"Bucket", "aaa"}, {"LocationConstraint", "us-east-1"}}).error,
            "");
}

TEST_F(S3Buckets, AreMadeListedAndDeleted) {
  make_bucket("bbb");
  clock.advance(std::chrono::seconds(1));
  make_bucket("aaa");
  EXPECT_EQ(call("CreateBucket", {{"Bucket", "aaa"}}).error, "BucketAlreadyOwnedByYou");
  const auto listed = call("ListBuckets", {});
  EXPECT_EQ(boost::json::serialize(listed.result.at("Buckets")),
            R"([{"Name":"aaa","CreationDate":"2026-07-02T22:23:01.000Z"},)"
            R"({"Name":"bbb","CreationDate":"2026-07-02T22:23:00.000Z"}])");
  EXPECT_EQ(call("HeadBucket", {{"Bucket", "aaa"}}).text("BucketRegion"), "us-east-1");
  EXPECT_EQ(remove("aaa").error, "");
  EXPECT_EQ(call("HeadBucket", {{"Bucket", "aaa"}}).error, "NoSuchBucket");
  EXPECT_EQ(remove("aaa").error, "NoSuchBucket");
}

TEST_F(S3Buckets, ThatAreNotEmptyStay) {
  make_bucket();
  put("k", "x");
  EXPECT_EQ(remove("logs").error, "BucketNotEmpty");
  EXPECT_EQ(put("k2", "x").error, "");  // and is as usable as before
  call("DeleteObject", {{"Bucket", "logs"}, {"Key", "k"}});
  call("DeleteObject", {{"Bucket", "logs"}, {"Key", "k2"}});
  const auto upload = call("CreateMultipartUpload", {{"Bucket", "logs"}, {"Key", "k"}});
  EXPECT_EQ(remove("logs").error, "BucketNotEmpty");
  call("AbortMultipartUpload",
       {{"Bucket", "logs"}, {"Key", "k"}, {"UploadId", upload.text("UploadId")}});
  EXPECT_EQ(remove("logs").error, "");
}

// Whichever of the two is committed first, no object is left without its bucket.
TEST_F(S3Buckets, APutAndADeleteAtOnceDoNotLoseTheObject) {
  make_bucket();
  store.hold();
  auto deleted = begin("DeleteBucket", {{"Bucket", "logs"}});
  auto stored = begin("PutObject", {{"Bucket", "logs"}, {"Key", "k"}}, "x");
  store.release();
  EXPECT_EQ((*deleted)->error, "");
  EXPECT_EQ((*stored)->error, "OperationAborted");

  make_bucket();
  store.hold();
  stored = begin("PutObject", {{"Bucket", "logs"}, {"Key", "k"}}, "x");
  deleted = begin("DeleteBucket", {{"Bucket", "logs"}});
  store.release();
  EXPECT_EQ((*stored)->error, "");
  EXPECT_EQ((*deleted)->error, "BucketNotEmpty");
  EXPECT_EQ(get("k").body, "x");
}

TEST_F(S3Buckets, NothingIsAddedToOneThatIsBeingDeleted) {
  store_bucket({.name = "logs", .created = clock.now(), .deleting = true, .app = {}});
  EXPECT_EQ(put("k", "x").error, "OperationAborted");
  EXPECT_EQ(call("CreateMultipartUpload", {{"Bucket", "logs"}, {"Key", "k"}}).error,
            "OperationAborted");
  FailureBucket failures(scope, clock, store);
  ports::Batch batch;
  EXPECT_FALSE(failures.add(batch, "logs", "k", "{}"));
}

TEST_F(S3Buckets, ADeletionThatACrashCutShortIsUndoneAtStart) {
  store_bucket({.name = "logs", .created = clock.now(), .deleting = true, .app = {}});
  open_operations();
  EXPECT_EQ(put("k", "x").error, "");
}

// The mark happens, and nobody is told.
TEST_F(S3Buckets, ADeletionInDoubtLeavesTheBucketUsable) {
  make_bucket();
  adapters::Faults faults(1, {.lost_acknowledgement = 1}, clock);
  adapters::FaultyCommitLog log(store, faults, clock);
  auto made = s3::operations({.scope = scope,
                              .clock = clock,
                              .log = log,
                              .state = store,
                              .bodies = *bodies,
                              .events = *events});
  ASSERT_TRUE(made);
  operations = std::move(*made);
  EXPECT_EQ(remove("logs").code, Code::Unavailable);
  EXPECT_EQ(call("HeadBucket", {{"Bucket", "logs"}}).error, "");
  EXPECT_EQ(put("k", "x").error, "");
}

TEST_F(S3Buckets, OfAStackAreNotDeletedByHand) {
  store_bucket({.name = "logs", .created = clock.now(), .deleting = false, .app = "ti"});
  EXPECT_EQ(remove("logs").error, "OperationAborted");
}

TEST_F(S3Buckets, TakeWhatAFunctionCouldNotProcess) {
  make_bucket();
  FailureBucket failures(scope, clock, store);
  ports::Batch batch;
  ASSERT_TRUE(failures.add(batch, "logs", "aws/lambda/x", R"({"version":"1.0"})"));
  ASSERT_TRUE(ports::commit(store, std::move(batch)));
  EXPECT_EQ(get("aws/lambda/x").body, R"({"version":"1.0"})");
  EXPECT_EQ(get("aws/lambda/x").text("ContentType"), "application/json");
  EXPECT_TRUE(dispatcher.woken.empty());
  ports::Batch none;
  EXPECT_EQ(failures.add(none, "none", "k", "{}").error().name, "NoSuchBucket");
}

}  // namespace
}  // namespace sextant::services::s3
