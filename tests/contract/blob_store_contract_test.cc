// links: adapters
// What every BlobStore does: ports/blob_store.h.
#include "ports/blob_store.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "adapters/embedded/amnesiac_disk.h"
#include "adapters/embedded/blob_store.h"
#include "adapters/embedded/posix_disk.h"
#include "adapters/faulty/blob_store.h"
#include "adapters/memory/blob_store.h"
#include "tests/support/temporary_folder.h"

namespace sextant::contract {
namespace {

using ports::BlobId;
using ports::StagedBlob;

struct MemoryBlobs {
  static constexpr bool kDurable = false;
  std::unique_ptr<ports::BlobStore> store = std::make_unique<adapters::MemoryBlobStore>();
};

struct FaultyBlobs {  // when nothing fails
  static constexpr bool kDurable = false;
  SystemClock clock;
  adapters::Faults faults{1, {}, clock};
  adapters::MemoryBlobStore inner;
  std::unique_ptr<ports::BlobStore> store =
      std::make_unique<adapters::FaultyBlobStore>(inner, faults);
};

struct EmbeddedBlobs {
  static constexpr bool kDurable = true;
  EmbeddedBlobs() { reopen(); }
  void reopen() {
    store.reset();
    auto opened = adapters::EmbeddedBlobStore::open(folder / "blobs", {.disk = disk});
    ASSERT_TRUE(opened) << opened.error().message;
    store = std::move(*opened);
  }
  test::TemporaryFolder folder;
  adapters::PosixDisk disk;
  std::unique_ptr<ports::BlobStore> store;
};

struct PowerCutBlobs {
  static constexpr bool kDurable = true;
  PowerCutBlobs() { reopen(); }
  void reopen() {
    if (disk) disk->cut_power();
    store.reset();
    auto loaded = adapters::AmnesiacDisk::load(folder.path());
    ASSERT_TRUE(loaded) << loaded.error().message;
    disk = std::move(*loaded);
    auto opened = adapters::EmbeddedBlobStore::open(folder / "blobs", {.disk = *disk});
    ASSERT_TRUE(opened) << opened.error().message;
    store = std::move(*opened);
  }
  test::TemporaryFolder folder{test::TemporaryFolder::Place::Memory};
  std::unique_ptr<adapters::AmnesiacDisk> disk;
  std::unique_ptr<ports::BlobStore> store;
};

template <typename Traits>
class BlobStoreContract : public testing::Test {
 protected:
  ports::BlobStore& store() { return *traits_.store; }
  void reopen() { traits_.reopen(); }

  StagedBlob stage(std::string_view bytes, std::size_t piece = 10'000) {
    auto writer = store().create();
    EXPECT_TRUE(writer);
    for (std::string_view rest = bytes; !rest.empty();
         rest.remove_prefix(std::min(piece, rest.size())))
      EXPECT_TRUE((*writer)->append(rest.substr(0, piece)));
    auto staged = (*writer)->finish();
    EXPECT_TRUE(staged) << staged.error().message;
    return staged ? *staged : StagedBlob{};
  }
  std::string read(const BlobId& id) {
    auto reader = store().open(id);
    if (!reader) return std::string(to_string(reader.error().code));
    std::string bytes((*reader)->size(), '\0');
    auto count = (*reader)->read_at(0, bytes);
    return count && *count == bytes.size() ? bytes : "(cut short)";
  }
  std::vector<BlobId> list(const BlobId& after = {}, std::size_t limit = 100) {
    return store().list(after, limit).value_or(std::vector<BlobId>{});
  }

 private:
  Traits traits_;
};

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes)
    byte = static_cast<char>((state = state * 1'664'525 + 1'013'904'223) >> 24);
  return bytes;
}

using AllBlobStores = testing::Types<MemoryBlobs, EmbeddedBlobs, PowerCutBlobs, FaultyBlobs>;
TYPED_TEST_SUITE(BlobStoreContract, AllBlobStores);

TYPED_TEST(BlobStoreContract, WhatIsStagedIsReadAtAnySize) {
  for (const std::size_t size : {0, 1, 4'095, 65'535, 65'536, 65'537, 200'000}) {
    const std::string bytes = pattern(size);
    const StagedBlob staged = this->stage(bytes);
    EXPECT_EQ(staged.size, size);
    EXPECT_EQ(staged.sha256, sha256(bytes));
    EXPECT_EQ(this->read(staged.id), bytes);
  }
}

TYPED_TEST(BlobStoreContract, PiecesMayBeOfAnySize) {
  const std::string bytes = pattern(150'000);
  for (const std::size_t piece : {7u, 65'536u, 150'000u})
    EXPECT_EQ(this->read(this->stage(bytes, piece).id), bytes);
}

TYPED_TEST(BlobStoreContract, RangesAreReadAcrossBlocksAndCutAtTheEnd) {
  const std::string bytes = pattern(200'000);
  auto reader = this->store().open(this->stage(bytes).id);
  ASSERT_TRUE(reader);
  struct {
    std::uint64_t offset;
    std::size_t length;
  } const ranges[] = {{0, 1},         {65'535, 2},  {65'536, 65'536}, {1, 199'998},
                      {199'999, 100}, {200'000, 5}, {1'000'000, 5}};
  for (const auto& range : ranges) {
    std::string into(range.length, '?');
    const auto count = (*reader)->read_at(range.offset, into);
    ASSERT_TRUE(count) << count.error().message;
    const auto expected =
        range.offset < bytes.size() ? bytes.substr(range.offset, range.length) : "";
    EXPECT_EQ(into.substr(0, *count), expected);
  }
}

TYPED_TEST(BlobStoreContract, TheSameBytesTwiceAreTwoBlobs) {
  const StagedBlob first = this->stage("same");
  const StagedBlob second = this->stage("same");
  EXPECT_NE(first.id, second.id);
  ASSERT_TRUE(this->store().remove(first.id));
  EXPECT_EQ(this->read(second.id), "same");
}

TYPED_TEST(BlobStoreContract, AnUnfinishedBlobLeavesNothing) {
  {
    auto writer = this->store().create();
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->append(pattern(100'000)));
  }
  EXPECT_TRUE(this->list().empty());
}

TYPED_TEST(BlobStoreContract, RemovedIsNotFoundAndRemovingTwiceIsNoError) {
  const StagedBlob staged = this->stage("x");
  ASSERT_TRUE(this->store().remove(staged.id));
  EXPECT_TRUE(this->store().remove(staged.id));
  EXPECT_EQ(this->store().open(staged.id).error().code, Code::NotFound);
  EXPECT_TRUE(this->list().empty());
}

TYPED_TEST(BlobStoreContract, AnOpenBlobIsReadToItsEndThoughRemoved) {
  const std::string bytes = pattern(300'000);
  const StagedBlob staged = this->stage(bytes);
  auto reader = this->store().open(staged.id);
  ASSERT_TRUE(reader);
  ASSERT_TRUE(this->store().remove(staged.id));
  std::string into(bytes.size(), '\0');
  EXPECT_EQ((*reader)->read_at(0, into), bytes.size());
  EXPECT_EQ(into, bytes);
}

// Ids come from stored records; a damaged or hostile one must not reach another file.
TYPED_TEST(BlobStoreContract, AnIdThatIsNoneIsNotFound) {
  for (const char* id : {"", "x", "../../etc/passwd", "/etc/passwd", "..", "0123456789abcdef/.."}) {
    EXPECT_EQ(this->store().open(BlobId{id}).error().code, Code::NotFound) << id;
    EXPECT_TRUE(this->store().remove(BlobId{id})) << id;
  }
}

TYPED_TEST(BlobStoreContract, ListGivesAllIdsInOrderInPages) {
  std::vector<BlobId> ids;
  for (int i = 0; i < 25; ++i) ids.push_back(this->stage(std::to_string(i)).id);
  std::ranges::sort(ids);
  EXPECT_EQ(this->list(), ids);
  std::vector<BlobId> paged;
  for (auto page = this->list({}, 4); !page.empty(); page = this->list(page.back(), 4))
    paged.insert(paged.end(), page.begin(), page.end());
  EXPECT_EQ(paged, ids);
}

TYPED_TEST(BlobStoreContract, FinishedBlobsOutliveTheStore) {
  if constexpr (TypeParam::kDurable) {
    const std::string bytes = pattern(100'000);
    const StagedBlob staged = this->stage(bytes);
    this->reopen();
    EXPECT_EQ(this->read(staged.id), bytes);
  }
}

}  // namespace
}  // namespace sextant::contract
