// links: adapters
// One byte of one stored file is changed: the store says so and names the file, at open or at the
// first read that needs the byte; or the byte meant nothing and all data are as they were. Never is
// anything silently gone.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "adapters/embedded/amnesiac_disk.h"
#include "adapters/embedded/blob_store.h"
#include "adapters/embedded/posix_disk.h"
#include "adapters/embedded/rocks_database.h"
#include "adapters/embedded/store.h"
#include "tests/support/temporary_folder.h"

namespace sextant {
namespace {

using adapters::AmnesiacDisk;
using adapters::EmbeddedStore;
using adapters::Family;

using Image = std::map<std::string, std::string>;  // file name -> bytes

constexpr int kFlushed = 120;         // batches in table files
constexpr int kInLog = 40;            // and in the write-ahead log only
constexpr std::size_t kEdge = 40;     // bytes at both ends of a file that are all changed
constexpr std::size_t kSamples = 30;  // and as many in between

class StoreFlippedByteTest : public testing::Test {
 protected:
  static void fill(EmbeddedStore& store, int from, int to) {
    for (int n = from; n < to; ++n) {
      const std::string text = std::to_string(n);
      ASSERT_TRUE(ports::commit(store, {.puts = {{"key/" + text, "value " + text}},
                                        .appends = {{"log", "record " + text, true}}}));
    }
  }

  // From the log into tables.
  void write_tables(const std::filesystem::path& path, adapters::Disk& disk) {
    auto database = adapters::RocksDatabase::open(path, clock_, disk);
    ASSERT_TRUE(database) << database.error().message;
    for (const auto family : {Family::Meta, Family::State, Family::Streams})
      ASSERT_TRUE((*database)->compact(family));
  }

  // The files as a crash left them: tables, a MANIFEST and a write-ahead log with records.
  Image make_image() {
    const test::TemporaryFolder folder{test::TemporaryFolder::Place::Memory};
    const auto path = folder / "store";
    auto disk = AmnesiacDisk::load(folder.path());
    for (int life = 0; life < 2; ++life) {
      auto store = EmbeddedStore::open(path, {.clock = clock_, .disk = **disk});
      EXPECT_TRUE(store);
      fill(**store, life == 0 ? 0 : kFlushed, life == 0 ? kFlushed : kFlushed + kInLog);
      store->reset();
      if (life == 0) write_tables(path, **disk);
    }
    Image image;
    const auto entries = (*disk)->list(path).value();
    for (const auto& entry : entries) {
      if (entry.name == "LOCK" || entry.name == "OWNER") continue;  // empty
      image[entry.name] = read_file(adapters::PosixDisk(), path / entry.name).value();
    }
    return image;
  }

  // What goes wrong with the store in `folder`, or nothing if all data are there.
  Result<> read_everything(const std::filesystem::path& folder) {
    SX_TRY_AS(auto disk, AmnesiacDisk::load(folder));
    SX_TRY_AS(auto store, EmbeddedStore::open(folder / "store", {.clock = clock_, .disk = *disk}));
    SX_TRY_AS(const auto records, store->read("log", 1, 10'000, 10 << 20));
    SX_TRY_AS(const auto entries, store->scan("key/", "", 10'000));
    EXPECT_EQ(records.size(), kFlushed + kInLog + 0u) << "records are silently gone";
    EXPECT_EQ(entries.size(), kFlushed + kInLog + 0u) << "keys are silently gone";
    Sha256Digest chain = {};
    for (const auto& record : records) {
      chain = ports::chain_hash(chain, record.payload);
      EXPECT_EQ(record.chain, chain);
    }
    for (const auto& entry : entries) EXPECT_EQ(entry.value, "value " + entry.key.substr(4));
    return {};
  }

  static void lay_out(const Image& image, const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    for (const auto& [name, bytes] : image) std::ofstream(folder / name, std::ios::binary) << bytes;
  }

  Result<> read_image(const Image& image) {
    const test::TemporaryFolder folder{test::TemporaryFolder::Place::Memory};
    lay_out(image, folder / "store");
    return read_everything(folder.path());
  }

  ManualClock clock_{Time(std::chrono::seconds(1'800'000'000))};
};

std::vector<std::size_t> offsets(std::size_t size) {
  std::vector<std::size_t> chosen;
  const std::size_t step = std::max<std::size_t>(1, size / kSamples);
  for (std::size_t at = 0; at < size; ++at)
    if (at < kEdge || at + kEdge >= size || at % step == 0) chosen.push_back(at);
  return chosen;
}

TEST_F(StoreFlippedByteTest, IsAnErrorThatNamesTheFileOrHarmless) {
  const Image image = make_image();
  auto whole = read_image(image);
  ASSERT_TRUE(whole) << whole.error().message;
  ASSERT_FALSE(HasFailure());
  std::map<std::string, int> found;  // by kind of file
  for (const auto& [name, bytes] : image) {
    const std::string kind = name.substr(name.find_first_not_of("0123456789"), 4);
    for (const std::size_t at : offsets(bytes.size())) {
      const int change = at % 2 == 0 ? 0x01 << at / 2 % 8 : 0xFF;
      SCOPED_TRACE(name + " byte " + std::to_string(at) + " xor " + std::to_string(change));
      Image changed = image;
      changed[name][at] = static_cast<char>(changed[name][at] ^ change);
      const auto result = read_image(changed);
      if (result) continue;
      ++found[kind];
      EXPECT_EQ(result.error().code, Code::Corrupt) << result.error().message;
      EXPECT_NE(result.error().message.find(name), std::string::npos) << result.error().message;
    }
  }
  // Where all the data lie, hardly any byte is harmless.
  for (const char* kind : {".log", ".sst", "MANI", "CURR"}) EXPECT_GT(found[kind], 10) << kind;
  // What RocksDB writes for tools to read. It looks at neither for data, so that each of their
  // bytes is harmless: read_everything() found all of it.
  for (const char* kind : {"OPTI", "IDEN"}) {
    EXPECT_TRUE(std::ranges::any_of(image, [&](const auto& file) {
      return file.first.starts_with(kind);
    })) << kind;
    EXPECT_EQ(found[kind], 0) << kind;
  }
}

// Of the newest log, whatever is cut off its end is taken for the write that power stopped, and
// nothing but that is missing.
TEST_F(StoreFlippedByteTest, ACutLogLosesOnlyItsEnd) {
  Image image = make_image();
  auto log = std::ranges::find_if(
      image, [](const auto& file) { return file.first.ends_with(".log") && !file.second.empty(); });
  ASSERT_NE(log, image.end());
  const std::string whole = log->second;
  for (std::size_t size = whole.size() - 1; size > whole.size() - 300; size -= 7) {
    log->second = whole.substr(0, size);
    const test::TemporaryFolder folder{test::TemporaryFolder::Place::Memory};
    lay_out(image, folder / "store");
    auto disk = AmnesiacDisk::load(folder.path());
    auto store = EmbeddedStore::open(folder / "store", {.clock = clock_, .disk = **disk});
    ASSERT_TRUE(store) << store.error().message;
    const auto next = (*store)->next_sequence("log");
    ASSERT_TRUE(next);
    EXPECT_GT(*next, kFlushed + kInLog - 4u);
    EXPECT_LE(*next, kFlushed + kInLog + 0u);
    EXPECT_EQ((*store)->read("log", 1, 10'000, 1 << 20)->size(), *next - 1);
  }
}

TEST(BlobFlippedByteTest, IsAnErrorThatNamesTheFile) {
  const test::TemporaryFolder folder{test::TemporaryFolder::Place::Memory};
  adapters::PosixDisk disk;
  auto store = adapters::EmbeddedBlobStore::open(folder.path(), {.disk = disk});
  ASSERT_TRUE(store);
  auto writer = (*store)->create();
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->append(std::string(150'000, 'b')));
  const auto id = (*writer)->finish()->id;
  const auto path = folder.path() / id.text().substr(0, 2) / id.text();
  const std::string whole = *read_file(disk, path);
  const auto read_all = [&]() -> Result<> {
    SX_TRY_AS(const auto reader, (*store)->open(id));
    std::string bytes(reader->size(), '\0');
    SX_TRY(reader->read_at(0, bytes));
    EXPECT_EQ(bytes, std::string(150'000, 'b'));
    return {};
  };
  ASSERT_TRUE(read_all());
  const auto expect_corrupt = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    const auto result = read_all();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::Corrupt) << result.error().message;
    EXPECT_NE(result.error().message.find(path.string()), std::string::npos);
  };
  for (const std::size_t at : offsets(whole.size())) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x40);
    expect_corrupt(changed);
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{10}, whole.size() - 1})
    expect_corrupt(whole.substr(0, size));
  expect_corrupt(whole + "x");
}

}  // namespace
}  // namespace sextant
