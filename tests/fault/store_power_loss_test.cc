// links: adapters
// Power fails at random moments under the embedded store and the blobs: what was acknowledged is
// there, what was refused is not, and the store opens again whatever part of the last write reached
// the disk.
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "adapters/embedded/amnesiac_disk.h"
#include "adapters/embedded/blob_store.h"
#include "adapters/embedded/store.h"
#include "tests/support/seed.h"
#include "tests/support/temporary_folder.h"

namespace sextant {
namespace {

using adapters::AmnesiacDisk;
using adapters::EmbeddedBlobStore;
using adapters::EmbeddedStore;

constexpr int kCuts = 40;
constexpr int kBatchesPerLife = 400;

class StorePowerLossTest : public testing::Test {
 protected:
  void open() {
    auto loaded = AmnesiacDisk::load(folder_.path());
    ASSERT_TRUE(loaded) << loaded.error().message;
    disk_ = std::move(*loaded);
    auto opened = EmbeddedStore::open(folder_ / "store", {.clock = clock_, .disk = *disk_});
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }

  // Batch n: key n, one of a few counters, and a record that names n.
  ports::Batch batch(int n) {
    const std::string text = std::to_string(n);
    return {.puts = {{"batch/" + text, text}, {"counter/" + std::to_string(n % 7), text}},
            .appends = {{"log", text, true}}};
  }

  // Submits batches, many in flight; power fails at one of the syncs that they cause, and a part
  // of what was written but not synced reaches the disk.
  void live(std::uint64_t syncs, std::uint64_t tear) {
    disk_->cut_power_at_sync(syncs, [tear](std::size_t bytes) { return tear % (bytes + 1); });
    for (int i = 0; i < kBatchesPerLife; ++i) {
      const int n = next_++;
      auto made = batch(n);
      made.puts.push_back({"bulk/" + std::to_string(n), std::string(random_() % 5'000, 'b')});
      store_->submit(std::move(made), [this, n](Result<ports::Committed> done) {
        if (done) acknowledged_.insert(n);
      });
      if (random_() % 8 == 0) std::this_thread::yield();
    }
    disk_->cut_power();  // some lives are shorter than their syncs
    store_.reset();      // answers every batch
  }

  void check() {
    for (const int n : acknowledged_) {
      auto entry = store_->get("batch/" + std::to_string(n));
      ASSERT_TRUE(entry) << entry.error().message;
      ASSERT_TRUE(*entry) << "acknowledged batch " << n << " is lost";
    }
    // A batch is there wholly or not at all, and each record once, in one chain.
    Sha256Digest chain = {};
    std::set<std::string> logged;
    for (std::uint64_t from = 1;;) {
      auto records = store_->read("log", from, 1'000, 1 << 20);
      ASSERT_TRUE(records) << records.error().message;
      if (records->empty()) break;
      for (const auto& record : *records) {
        chain = ports::chain_hash(chain, record.payload);
        ASSERT_EQ(record.chain, chain);
        ASSERT_TRUE(logged.insert(record.payload).second);
      }
      from = records->back().sequence + 1;
    }
    std::size_t entries = 0;
    ASSERT_TRUE(ports::for_each(*store_, "batch/", [&](const ports::Entry& entry) -> Result<> {
      ++entries;
      EXPECT_TRUE(logged.contains(entry.value)) << entry.value;
      return {};
    }));
    EXPECT_EQ(entries, logged.size());
  }

  test::TemporaryFolder folder_{test::TemporaryFolder::Place::Memory};
  ManualClock clock_{Time(std::chrono::seconds(1'800'000'000))};
  std::mt19937_64 random_;
  std::unique_ptr<AmnesiacDisk> disk_;
  std::unique_ptr<EmbeddedStore> store_;
  int next_ = 0;
  std::set<int> acknowledged_;
};

TEST_F(StorePowerLossTest, WhatWasAcknowledgedSurvivesEveryCut) {
  random_.seed(test::seed(1));
  for (int cut = 0; cut < kCuts && !HasFatalFailure(); ++cut) {
    open();
    if (!HasFatalFailure()) check();
    if (HasFatalFailure()) return;
    const auto tear = cut % 2 == 0 ? 0 : random_();
    live(1 + random_() % 12, tear);
  }
  open();
  if (!HasFatalFailure()) check();
  EXPECT_GT(acknowledged_.size(), static_cast<std::size_t>(kCuts));
  EXPECT_LT(acknowledged_.size(), static_cast<std::size_t>(next_));  // some were really cut off
}

// The proof that the disk does forget: with an un-synced write-ahead log the test above would fail.
TEST_F(StorePowerLossTest, WhatIsWrittenButNotSyncedVanishes) {
  open();
  ASSERT_TRUE(ports::commit(*store_, {.puts = {{"k", "v"}}}));
  auto file = disk_->write(folder_ / "store/stray", adapters::WriteMode::Create);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->append("bytes"));
  file->reset();
  EXPECT_TRUE(disk_->facts(folder_ / "store/stray"));
  disk_->cut_power();
  store_.reset();
  open();
  EXPECT_FALSE(disk_->facts(folder_ / "store/stray"));
  EXPECT_TRUE(store_->get("k").value().has_value());
}

TEST(BlobPowerLossTest, FinishedBlobsSurviveAndUnfinishedOnesLeaveNothing) {
  const test::TemporaryFolder folder{test::TemporaryFolder::Place::Memory};
  std::mt19937_64 random(test::seed(2));
  std::map<ports::BlobId, std::string> finished;
  for (int cut = 0; cut < 20; ++cut) {
    auto disk = AmnesiacDisk::load(folder.path());
    ASSERT_TRUE(disk) << disk.error().message;
    auto store = EmbeddedBlobStore::open(folder / "blobs", {.disk = **disk});
    ASSERT_TRUE(store) << store.error().message;
    std::vector<ports::BlobId> expected;
    for (const auto& [id, bytes] : finished) {
      auto reader = (*store)->open(id);
      ASSERT_TRUE(reader) << reader.error().message;
      std::string read((*reader)->size(), '\0');
      ASSERT_TRUE((*reader)->read_at(0, read));
      EXPECT_EQ(read, bytes);
      expected.push_back(id);
    }
    EXPECT_EQ(*(*store)->list({}, 1'000), expected);
    std::vector<std::unique_ptr<ports::BlobWriter>> unfinished;
    for (int i = 0; i < 5; ++i) {
      const std::string bytes(random() % 200'000, static_cast<char>('a' + i));
      auto writer = (*store)->create();
      ASSERT_TRUE(writer);
      ASSERT_TRUE((*writer)->append(bytes));
      if (random() % 2 == 0) {
        unfinished.push_back(std::move(*writer));
        continue;
      }
      auto staged = (*writer)->finish();
      ASSERT_TRUE(staged);
      finished.emplace(staged->id, bytes);
    }
    (*disk)->cut_power();
  }
}

// Small ones, until so many are finished or the disk fails.
std::vector<ports::BlobId> finish_blobs(EmbeddedBlobStore& store, int count) {
  std::vector<ports::BlobId> finished;
  for (int i = 0; i < count; ++i) {
    auto writer = store.create();
    if (!writer || !(*writer)->append("bytes")) break;
    auto staged = (*writer)->finish();
    if (!staged) break;
    finished.push_back(staged->id);
  }
  return finished;
}

// Blobs of two writers come into the same new folders; the power fails at one of their syncs.
TEST(BlobPowerLossTest, BlobsInAFolderThatAnotherWriterMakesSurvive) {
  std::mt19937_64 random(test::seed(3));
  for (int cut = 0; cut < 20; ++cut) {
    const test::TemporaryFolder folder{test::TemporaryFolder::Place::Memory};
    auto disk = AmnesiacDisk::load(folder.path());
    ASSERT_TRUE(disk) << disk.error().message;
    auto store = EmbeddedBlobStore::open(folder / "blobs", {.disk = **disk});
    ASSERT_TRUE(store) << store.error().message;
    (*disk)->cut_power_at_sync(1 + random() % 300);
    std::vector<ports::BlobId> finished[2];
    {
      std::jthread first([&] { finished[0] = finish_blobs(**store, 100); });
      std::jthread second([&] { finished[1] = finish_blobs(**store, 100); });
    }
    (*disk)->cut_power();
    auto after = AmnesiacDisk::load(folder.path());
    ASSERT_TRUE(after);
    auto reopened = EmbeddedBlobStore::open(folder / "blobs", {.disk = **after});
    ASSERT_TRUE(reopened);
    for (const auto& all : finished) {
      for (const auto& id : all) EXPECT_TRUE((*reopened)->open(id)) << "cut " << cut;
    }
  }
}

// The same when the other one stands between making the folder and its sync.
TEST(BlobPowerLossTest, BlobsInAFolderThatIsNotSyncedYetSurvive) {
  const test::TemporaryFolder folder{test::TemporaryFolder::Place::Memory};
  auto disk = AmnesiacDisk::load(folder.path());
  ASSERT_TRUE(disk) << disk.error().message;
  auto store = EmbeddedBlobStore::open(folder / "blobs", {.disk = **disk});
  ASSERT_TRUE(store) << store.error().message;
  for (const char first : std::string_view("0123456789abcdef")) {
    for (const char second : std::string_view("0123456789abcdef"))
      ASSERT_TRUE((*disk)->make_directory(folder / "blobs" / std::string{first, second}));
  }
  auto writer = (*store)->create();
  ASSERT_TRUE(writer && (*writer)->append("bytes"));
  const auto staged = (*writer)->finish();
  ASSERT_TRUE(staged);
  (*disk)->cut_power();
  auto after = AmnesiacDisk::load(folder.path());
  auto reopened = EmbeddedBlobStore::open(folder / "blobs", {.disk = **after});
  ASSERT_TRUE(reopened);
  EXPECT_TRUE((*reopened)->open(staged->id));
}

}  // namespace
}  // namespace sextant
