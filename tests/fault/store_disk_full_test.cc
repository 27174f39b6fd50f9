// links: adapters
// The disk fills up under the embedded store, on a real small file system (skipped where mounting
// is not permitted) and on a disk that refuses: batches fail with Exhausted, old data stay
// readable, and once there is room writing goes on without a restart.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <atomic>
#include <cstring>
#include <random>

#include "adapters/embedded/blob_store.h"
#include "adapters/embedded/posix_disk.h"
#include "adapters/embedded/store.h"
#include "tests/support/temporary_folder.h"

namespace sextant {
namespace {

using adapters::Disk;
using adapters::EmbeddedBlobStore;
using adapters::EmbeddedStore;
using adapters::PosixDisk;

constexpr std::uint64_t kMiB = 1u << 20;
constexpr std::uint64_t kDiskBytes = 64 * kMiB;
constexpr std::uint64_t kBallastBytes = 24 * kMiB;

// What this process mounts nobody else sees, and it is gone with the process however that ends.
bool has_own_mounts() {
  static const bool own = ::unshare(CLONE_NEWNS) == 0 &&
                          ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  return own;
}

// A file system of its own, gone with the object.
class SmallFileSystem {
 public:
  SmallFileSystem() {
    const std::string size = "size=" + std::to_string(kDiskBytes);
    mounted_ =
        has_own_mounts() && ::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, size.c_str()) == 0;
  }
  SmallFileSystem(const SmallFileSystem&) = delete;
  SmallFileSystem& operator=(const SmallFileSystem&) = delete;
  ~SmallFileSystem() {
    if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  std::filesystem::path operator/(std::string_view name) const { return folder_ / name; }

 private:
  test::TemporaryFolder folder_;
  bool mounted_ = false;
};

class StoreDiskFullTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!disk_space_.mounted()) GTEST_SKIP() << "mounting a tmpfs is not permitted here";
    auto ballast = disk_.write(disk_space_ / "ballast", adapters::WriteMode::Create);
    ASSERT_TRUE(ballast);
    ASSERT_TRUE((*ballast)->append(std::string(kBallastBytes, 'x')));
  }

  void open(std::uint64_t reserve_bytes) {
    store_.reset();
    auto opened = EmbeddedStore::open(
        disk_space_ / "store", {.clock = clock_, .disk = disk_, .reserve_bytes = reserve_bytes});
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  Result<ports::Committed> put(int n, bool from_reserve = false) {
    return ports::commit(
        *store_, {.puts = {{"key/" + std::to_string(n), value(n)}}, .from_reserve = from_reserve});
  }
  // Does not compress.
  static std::string value(int n) {
    std::string bytes(64 * 1024, '\0');
    std::mt19937_64 random(static_cast<std::uint64_t>(n));
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
      const std::uint64_t word = random();
      std::memcpy(bytes.data() + at, &word, sizeof word);
    }
    return bytes;
  }
  // Puts until the store refuses for good: a flush or a compaction gives some room back meanwhile.
  // How many were acknowledged.
  int fill() {
    int count = 0;
    for (int refused = 0; refused < 30;) {
      auto done = put(count);
      EXPECT_TRUE(done || done.error().code == Code::Exhausted) << done.error().message;
      refused = done ? 0 : refused + 1;
      count += done ? 1 : 0;
    }
    return count;
  }
  void expect_all(int count) {
    for (int n = 0; n < count; ++n) {
      auto entry = store_->get("key/" + std::to_string(n));
      ASSERT_TRUE(entry) << entry.error().message;
      ASSERT_TRUE(*entry && (*entry)->value == value(n)) << n;
    }
  }
  void give_room() { ASSERT_TRUE(disk_.remove(disk_space_ / "ballast")); }

  SmallFileSystem disk_space_;
  PosixDisk disk_;
  ManualClock clock_{Time(std::chrono::seconds(1'800'000'000))};
  std::unique_ptr<EmbeddedStore> store_;
};

TEST_F(StoreDiskFullTest, TheReserveKeepsTheStoreAliveAndOpenable) {
  open(6 * kMiB);
  const int count = fill();
  ASSERT_GT(count, 50);
  EXPECT_TRUE(put(100'001, true));
  EXPECT_TRUE(ports::commit(*store_, {.erases = {"key/0"}}));
  EXPECT_FALSE(store_->get("key/0").value());
  EXPECT_TRUE(put(0, true));
  expect_all(count);
  open(6 * kMiB);
  expect_all(count);
  fill();
  give_room();
  EXPECT_TRUE(put(100'000));
}

TEST_F(StoreDiskFullTest, WithoutAReserveItRecoversOnceThereIsRoom) {
  open(0);
  const int count = fill();
  ASSERT_GT(count, 50);
  expect_all(count);
  give_room();
  Result<ports::Committed> done = put(count);
  ASSERT_TRUE(done) << done.error().message;
  for (int n = count + 1; n < count + 20; ++n) ASSERT_TRUE(put(n));
  expect_all(count + 20);
  open(0);
  expect_all(count + 20);
}

TEST_F(StoreDiskFullTest, BlobsStopBeforeTheStoreDoes) {
  open(6 * kMiB);
  auto blobs = EmbeddedBlobStore::open(disk_space_ / "blobs", {.disk = disk_});
  ASSERT_TRUE(blobs);
  auto writer = (*blobs)->create();
  ASSERT_TRUE(writer);
  Result<> appended;
  for (int i = 0; i < 1'000 && appended; ++i) appended = (*writer)->append(std::string(kMiB, 'b'));
  EXPECT_EQ(appended.error().code, Code::Exhausted);
  EXPECT_EQ((*blobs)->create().error().code, Code::Exhausted);
  EXPECT_TRUE(put(1));
  writer->reset();  // gives its room back
  EXPECT_TRUE((*blobs)->create());
}

// Refuses to take bytes while told so, as a full disk does, also in the middle of a file.
class RefusingDisk final : public Disk {
 public:
  std::atomic<bool> full = false;
  std::atomic<bool> sync_fails = false;
  std::atomic<bool> no_handles = false;  // to open a folder with, for its sync

  Result<std::unique_ptr<adapters::WritableFile>> write(const Path& path,
                                                        adapters::WriteMode mode) override {
    SX_TRY_AS(auto file, disk_.write(path, mode));
    return std::make_unique<File>(*this, std::move(file));
  }
  Result<std::unique_ptr<adapters::ReadableFile>> open(const Path& path) const override {
    return disk_.open(path);
  }
  Result<> rename(const Path& from, const Path& to) override { return disk_.rename(from, to); }
  Result<> remove(const Path& path) override { return disk_.remove(path); }
  Result<> make_directory(const Path& path) override { return disk_.make_directory(path); }
  Result<std::vector<adapters::DirectoryEntry>> list(const Path& directory) const override {
    return disk_.list(directory);
  }
  Result<adapters::FileFacts> facts(const Path& path) const override { return disk_.facts(path); }
  Result<> sync_directory(const Path& directory) override {
    if (no_handles) return fail(Code::Exhausted, "Too many open files");
    return disk_.sync_directory(directory);
  }
  Result<adapters::DiskRoom> room(const Path& path) const override { return disk_.room(path); }
  Result<std::unique_ptr<adapters::DiskLock>> lock(const Path& path) override {
    return disk_.lock(path);
  }

 private:
  class File final : public adapters::WritableFile {
   public:
    File(RefusingDisk& disk, std::unique_ptr<adapters::WritableFile> file)
        : disk_(disk), file_(std::move(file)) {}
    Result<> append(std::string_view bytes) override {
      if (disk_.full) return fail(Code::Exhausted, "No space left on device");
      return file_->append(bytes);
    }
    Result<> sync() override {
      if (disk_.sync_fails) return fail(Code::Unavailable, "Input/output error");
      return file_->sync();
    }
    Result<> truncate(std::uint64_t bytes) override { return file_->truncate(bytes); }
    std::uint64_t size() const override { return file_->size(); }

   private:
    RefusingDisk& disk_;
    std::unique_ptr<adapters::WritableFile> file_;
  };

  PosixDisk disk_;
};

// Room() says there is some, yet every append fails: nothing but RocksDB's own recovery helps.
TEST(StoreRefusingDiskTest, EveryRefusalIsExhaustedAndRecoveryNeedsNoRestart) {
  const test::TemporaryFolder folder;
  RefusingDisk disk;
  ManualClock clock{Time(std::chrono::seconds(1'800'000'000))};
  auto store = EmbeddedStore::open(folder / "store", {.clock = clock, .disk = disk});
  ASSERT_TRUE(store);
  const auto append = [&](int n) {
    return ports::commit(**store, {.puts = {{"n", std::to_string(n)}},
                                   .appends = {{"log", std::to_string(n), true}}});
  };
  int written = 0;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(append(written++));
    disk.full = true;
    for (int i = 0; i < 5; ++i) {
      auto refused = append(-1);
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, Code::Exhausted) << refused.error().message;
    }
    EXPECT_EQ((*store)->get("n").value()->value, std::to_string(written - 1));
    disk.full = false;
  }
  ASSERT_TRUE(append(written++));
  store->reset();
  store = EmbeddedStore::open(folder / "store", {.clock = clock, .disk = disk});
  ASSERT_TRUE(store) << store.error().message;
  const auto records = (*store)->read("log", 1, 1'000, 1 << 20);
  ASSERT_TRUE(records) << records.error().message;
  ASSERT_EQ(records->size(), static_cast<std::size_t>(written));
  for (int n = 0; n < written; ++n)
    EXPECT_EQ((*records)[static_cast<std::size_t>(n)].payload, std::to_string(n));
}

// The bytes are written, but nobody knows whether they are durable: the batch may have happened. It
// must not make a hole in its stream, break the chain, or give its version to another batch.
TEST(StoreRefusingDiskTest, AFailedSyncIsUnavailableAndLeavesOneHistory) {
  const test::TemporaryFolder folder;
  RefusingDisk disk;
  ManualClock clock{Time(std::chrono::seconds(1'800'000'000))};
  auto store = EmbeddedStore::open(folder / "store", {.clock = clock, .disk = disk});
  ASSERT_TRUE(store);
  std::uint64_t version = 0;
  for (int round = 0; round < 5; ++round) {
    auto done = ports::commit(**store, {.puts = {{"k", "v"}}, .appends = {{"log", "yes", true}}});
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_GT(done->version, version);
    version = done->version;
    disk.sync_fails = true;
    auto lost = ports::commit(**store, {.puts = {{"k", "?"}}, .appends = {{"log", "?", true}}});
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, Code::Unavailable) << lost.error().message;
    EXPECT_TRUE((*store)->get("k"));
    disk.sync_fails = false;
  }
  ASSERT_TRUE(ports::commit(**store, {.appends = {{"log", "yes", true}}}));
  const auto records = (*store)->read("log", 1, 100, 1 << 20);
  ASSERT_TRUE(records) << records.error().message;
  Sha256Digest chain = {};
  int sure = 0;
  for (std::size_t i = 0; i < records->size(); ++i) {
    const auto& record = (*records)[i];
    chain = ports::chain_hash(chain, record.payload);
    EXPECT_EQ(record.chain, chain);
    EXPECT_EQ(record.sequence, i + 1);
    sure += record.payload == "yes" ? 1 : 0;
  }
  EXPECT_EQ(sure, 6);
}

// The batch is in the log, only the log's name may not be durable: it may happen yet.
TEST(StoreRefusingDiskTest, AFailedSyncOfTheFolderIsUnavailableToo) {
  const test::TemporaryFolder folder;
  RefusingDisk disk;
  ManualClock clock{Time(std::chrono::seconds(1'800'000'000))};
  auto store = EmbeddedStore::open(folder / "store", {.clock = clock, .disk = disk});
  ASSERT_TRUE(store);
  disk.no_handles = true;  // the first write to a new log syncs its folder
  const auto lost = ports::commit(**store, {.puts = {{"k", "?"}}});
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Code::Unavailable) << lost.error().message;
  disk.no_handles = false;
  EXPECT_TRUE(ports::commit(**store, {.puts = {{"other", "v"}}}));
}

}  // namespace
}  // namespace sextant
