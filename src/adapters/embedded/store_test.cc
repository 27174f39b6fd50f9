#include "adapters/embedded/store.h"

#include <gtest/gtest.h>

#include <future>

#include "adapters/embedded/amnesiac_disk.h"
#include "adapters/embedded/rocks_database.h"
#include "tests/support/temporary_folder.h"

namespace sextant::adapters {
namespace {

using std::chrono::hours;

// What the contract suites do not ask: this store's own limits and files. On the amnesiac disk, so
// that no test waits for a real fsync.
class EmbeddedStoreTest : public testing::Test {
 protected:
  EmbeddedStoreTest() : disk_(std::move(*AmnesiacDisk::load(folder_.path()))) {}

  Result<std::unique_ptr<EmbeddedStore>> open(std::size_t queue_batches_max = 8'192,
                                              std::size_t queue_bytes_max = 64u << 20) {
    return EmbeddedStore::open(folder_ / "store", {.clock = clock_,
                                                   .disk = *disk_,
                                                   .queue_batches_max = queue_batches_max,
                                                   .queue_bytes_max = queue_bytes_max});
  }

  test::TemporaryFolder folder_{test::TemporaryFolder::Place::Memory};
  ManualClock clock_{Time(hours(500'000))};
  std::unique_ptr<AmnesiacDisk> disk_;
};

TEST_F(EmbeddedStoreTest, AFolderIsOpenOnce) {
  auto first = open();
  ASSERT_TRUE(first) << first.error().message;
  auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::Conflict);
  EXPECT_NE(second.error().message.find((folder_ / "store").string()), std::string::npos);
  first->reset();
  EXPECT_TRUE(open());
}

// The committer is held by a callback, so that what is submitted meanwhile stays in the queue.
class HeldCommitter {
 public:
  explicit HeldCommitter(ports::CommitLog& log) {
    log.submit({}, [this](auto) {
      entered_.set_value();
      go_on_.get_future().wait();
    });
    entered_.get_future().wait();
  }
  void release() { go_on_.set_value(); }

 private:
  std::promise<void> entered_;
  std::promise<void> go_on_;
};

TEST_F(EmbeddedStoreTest, AFullQueueRefusesAtOnceAndForgetsNothing) {
  struct {
    std::size_t batches_max;
    std::size_t bytes_max;
    int accepted;
  } const limits[] = {{3, 64u << 20, 3}, {1'000, 2'500, 2}};
  for (const auto& limit : limits) {
    auto store = open(limit.batches_max, limit.bytes_max);
    ASSERT_TRUE(store);
    HeldCommitter held(**store);
    int accepted = 0;
    int refused = 0;
    for (int i = 0; i < 6; ++i) {
      (*store)->submit({.puts = {{"key", std::string(1'000, 'v')}}}, [&](auto done) {
        accepted += done ? 1 : 0;
        refused += !done && done.error().code == Code::Exhausted ? 1 : 0;
      });
    }
    EXPECT_EQ(refused, 6 - limit.accepted);  // told before submit returned
    EXPECT_EQ(accepted, 0);
    held.release();
    store->reset();  // commits what is queued
    EXPECT_EQ(accepted, limit.accepted);
  }
}

TEST_F(EmbeddedStoreTest, ABatchAboveTheQueuesBytesStillPassesAlone) {
  auto store = open(8, 100);
  ASSERT_TRUE(store);
  EXPECT_TRUE(ports::commit(**store, {.puts = {{"key", std::string(10'000, 'v')}}}));
}

TEST_F(EmbeddedStoreTest, WaitsEndWithTheStoreWithoutBeingWoken) {
  auto store = open();
  ASSERT_TRUE(store);
  auto alive = std::make_shared<int>(0);
  (*store)->wait("stream", 1, [alive] { ++*alive; });
  store->reset();
  EXPECT_EQ(*alive, 0);
  EXPECT_EQ(alive.use_count(), 1);
}

TEST_F(EmbeddedStoreTest, CompactionDropsWhatExpired) {
  {
    auto store = open();
    ASSERT_TRUE(store);
    const Time end = clock_.now() + hours(1);
    for (int i = 0; i < 50; ++i) {
      const std::string n = std::to_string(i);
      ASSERT_TRUE(ports::commit(**store, {.puts = {{"dies/" + n, "v", end}, {"stays/" + n, "v"}}}));
    }
  }
  auto database = RocksDatabase::open(folder_ / "store", clock_, *disk_);
  ASSERT_TRUE(database) << database.error().message;
  const auto count = [&] {
    int keys = 0;
    EXPECT_TRUE((*database)->walk(Family::State, "", "", [&](auto, auto) -> Result<bool> {
      ++keys;
      return true;
    }));
    return keys;
  };
  EXPECT_EQ(count(), 100);
  clock_.advance(hours(1));
  ASSERT_TRUE((*database)->compact(Family::State));
  EXPECT_EQ(count(), 50);
}

TEST_F(EmbeddedStoreTest, NoLogFilesOfRocksDbAreKept) {
  auto store = open();
  ASSERT_TRUE(store);
  const auto entries = disk_->list(folder_ / "store");
  ASSERT_TRUE(entries);
  for (const auto& entry : *entries) EXPECT_FALSE(entry.name.starts_with("LOG")) << entry.name;
}

}  // namespace
}  // namespace sextant::adapters
