#include "store/bucket_mark.h"

#include <gtest/gtest.h>

#include "adapters/faulty/store.h"
#include "adapters/memory/store.h"
#include "core/wait_for.h"
#include "store/keys.h"

namespace sextant::store {
namespace {

const Scope kScope{AccountId("000000000000"), Region("us-east-1")};

class BucketMarkTest : public testing::Test {
 protected:
  BucketMarkTest() {
    version_ = put({.name = "logs", .created = {}, .deleting = false, .app = "a"});
  }

  std::uint64_t put(const BucketRecord& record) {
    ports::Batch batch;
    batch.puts.push_back({keys::bucket(kScope, BucketName(record.name)), encode(record)});
    return ports::commit(store_, std::move(batch))->version;
  }
  BucketRecord stored() const {
    return *decode_bucket((*store_.get(keys::bucket(kScope, BucketName("logs"))))->value);
  }
  bool there() const { return store_.get(keys::bucket(kScope, BucketName("logs")))->has_value(); }
  Result<MarkedBucket> mark() {
    return wait_for<Result<MarkedBucket>>([&](const auto& marked) {
      mark_bucket(buckets_, {.name = "logs", .created = {}, .deleting = false, .app = "a"},
                  version_, marked);
    });
  }
  void unmark(const MarkedBucket& bucket) {
    wait_for<bool>(
        [&](const auto& done) { unmark_bucket(buckets_, bucket, [done] { done(true); }); });
  }
  Result<ports::Committed> erase(const MarkedBucket& bucket) {
    ports::Batch batch;
    add_erase(kScope, bucket, batch);
    return ports::commit(log_, std::move(batch));
  }

  ManualClock clock_{Time{}};
  adapters::MemoryStore store_{clock_};
  adapters::Faults faults_{1, {}, clock_};
  adapters::FaultyCommitLog log_{store_, faults_, clock_};
  const BucketStore buckets_{kScope, log_, store_};
  std::uint64_t version_ = 0;
};

TEST_F(BucketMarkTest, AMarkedBucketIsErasedOrOpenedAgain) {
  auto marked = mark();
  ASSERT_TRUE(marked);
  EXPECT_TRUE(stored().deleting);
  unmark(*marked);
  EXPECT_FALSE(stored().deleting);
  EXPECT_EQ(stored().app, "a");
  EXPECT_EQ(erase(*marked).error().code, Code::Conflict);
  EXPECT_EQ(mark().error().code, Code::Conflict);  // its version has gone on
  version_ = put(stored());
  marked = mark();
  ASSERT_TRUE(marked);
  ASSERT_TRUE(erase(*marked));
  EXPECT_FALSE(there());
  unmark(*marked);
  EXPECT_FALSE(there());
}

// Each commit happens, and none says so.
TEST_F(BucketMarkTest, AMarkInDoubtIsTakenOff) {
  faults_.set({.lost_acknowledgement = 1});
  EXPECT_EQ(mark().error().code, Code::Unavailable);
  EXPECT_FALSE(stored().deleting);
}

TEST_F(BucketMarkTest, AnErasureInDoubtIsFoundOut) {
  const auto marked = mark();
  ASSERT_TRUE(marked);
  faults_.set({.error = 1});
  EXPECT_FALSE(erase(*marked));
  faults_.set({.lost_acknowledgement = 1});
  unmark(*marked);
  EXPECT_FALSE(stored().deleting);
}

TEST_F(BucketMarkTest, AStoreThatFailsForGoodIsNotAskedForever) {
  const auto marked = mark();
  ASSERT_TRUE(marked);
  faults_.set({.error = 1});
  unmark(*marked);
  EXPECT_TRUE(stored().deleting);
}

TEST_F(BucketMarkTest, WhetherItIsEmpty) {
  EXPECT_TRUE(*is_empty(buckets_, BucketName("logs")));
  for (const auto& key : {keys::object(kScope, BucketName("logs"), "k"),
                          keys::upload(kScope, BucketName("logs"), "u")}) {
    ports::Batch batch;
    batch.puts.push_back({key, "x"});
    ASSERT_TRUE(ports::commit(store_, std::move(batch)));
    EXPECT_FALSE(*is_empty(buckets_, BucketName("logs")));
    batch = {};
    batch.erases.push_back(key);
    ASSERT_TRUE(ports::commit(store_, std::move(batch)));
  }
}

}  // namespace
}  // namespace sextant::store
