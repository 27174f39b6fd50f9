#include "adapters/embedded/amnesiac_disk.h"

#include <gtest/gtest.h>

#include "adapters/embedded/posix_disk.h"
#include "tests/support/temporary_folder.h"

namespace sextant::adapters {
namespace {

class AmnesiacDiskTest : public testing::Test {
 protected:
  AmnesiacDiskTest() { load(); }

  void load() {
    auto loaded = AmnesiacDisk::load(root());
    ASSERT_TRUE(loaded) << loaded.error().message;
    disks_.push_back(std::move(*loaded));
    disk_ = disks_.back().get();
  }
  void power_cut() {
    disk_->cut_power();
    load();
  }
  std::filesystem::path root() const { return folder_ / "root"; }
  std::filesystem::path at(std::string_view name) const { return root() / name; }

  std::unique_ptr<WritableFile> create(std::string_view name, std::string_view bytes) {
    auto file = disk_->write(at(name), WriteMode::Create);
    EXPECT_TRUE(file) << file.error().message;
    EXPECT_TRUE((*file)->append(bytes));
    return std::move(*file);
  }
  // Bytes and name durable.
  void keep(std::string_view name, std::string_view bytes) {
    EXPECT_TRUE(create(name, bytes)->sync());
    EXPECT_TRUE(disk_->sync_directory(at(name).parent_path()));
  }
  std::string read(std::string_view name) {
    auto bytes = read_file(*disk_, at(name));
    return bytes ? *bytes : std::string(to_string(bytes.error().code));
  }
  // What a power cut would leave, seen from outside.
  std::string real(std::string_view name) {
    auto bytes = read_file(PosixDisk(), at(name));
    return bytes ? *bytes : std::string(to_string(bytes.error().code));
  }

  test::TemporaryFolder folder_;
  std::vector<std::unique_ptr<AmnesiacDisk>> disks_;  // those cut too: files refer to them
  AmnesiacDisk* disk_ = nullptr;
};

TEST_F(AmnesiacDiskTest, UnsyncedBytesAndNamesAreSeenButLost) {
  auto file = create("a", "unsynced");
  EXPECT_EQ(read("a"), "unsynced");
  EXPECT_EQ(real("a"), "NotFound");
  ASSERT_TRUE(file->sync());
  EXPECT_EQ(real("a"), "NotFound");  // the name is not durable yet
  power_cut();
  EXPECT_EQ(read("a"), "NotFound");
}

TEST_F(AmnesiacDiskTest, ANameWithoutBytesIsAnEmptyFile) {
  auto file = create("a", "unsynced");
  ASSERT_TRUE(disk_->sync_directory(root()));
  EXPECT_EQ(read("a"), "unsynced");
  power_cut();
  EXPECT_EQ(read("a"), "");
}

TEST_F(AmnesiacDiskTest, SyncedBytesStayAndLaterOnesAreLost) {
  auto file = create("a", "one ");
  ASSERT_TRUE(file->sync());
  ASSERT_TRUE(disk_->sync_directory(root()));
  ASSERT_TRUE(file->append("two "));
  ASSERT_TRUE(file->sync());
  ASSERT_TRUE(file->append("three"));
  EXPECT_EQ(read("a"), "one two three");
  EXPECT_EQ(real("a"), "one two ");
  file.reset();
  power_cut();
  EXPECT_EQ(read("a"), "one two ");
  auto again = disk_->write(at("a"), WriteMode::Append);
  ASSERT_TRUE(again);
  ASSERT_TRUE((*again)->append("more"));
  EXPECT_EQ(read("a"), "one two more");
  EXPECT_EQ(real("a"), "one two ");
}

TEST_F(AmnesiacDiskTest, BytesWrittenBeforeAndAfterTheFirstSyncJoinWhenTheNameBecomesDurable) {
  auto file = create("a", "synced,");
  ASSERT_TRUE(file->sync());
  ASSERT_TRUE(file->append("not"));
  ASSERT_TRUE(disk_->sync_directory(root()));
  EXPECT_EQ(read("a"), "synced,not");
  EXPECT_EQ(real("a"), "synced,");
  ASSERT_TRUE(file->sync());
  EXPECT_EQ(real("a"), "synced,not");
}

TEST_F(AmnesiacDiskTest, TruncatingIsLostWithoutASync) {
  keep("a", "0123456789");
  auto file = std::move(*disk_->write(at("a"), WriteMode::Append));
  ASSERT_TRUE(file->truncate(4));
  ASSERT_TRUE(file->append("x"));
  EXPECT_EQ(read("a"), "0123x");
  EXPECT_EQ(real("a"), "0123456789");
  ASSERT_TRUE(file->sync());
  EXPECT_EQ(real("a"), "0123x");
}

TEST_F(AmnesiacDiskTest, RemovedIsBackUnlessTheFolderWasSynced) {
  keep("a", "1");
  keep("b", "2");
  ASSERT_TRUE(disk_->remove(at("a")));
  EXPECT_EQ(read("a"), "NotFound");
  power_cut();
  EXPECT_EQ(read("a"), "1");
  ASSERT_TRUE(disk_->remove(at("a")));
  ASSERT_TRUE(disk_->sync_directory(root()));
  power_cut();
  EXPECT_EQ(read("a"), "NotFound");
  EXPECT_EQ(read("b"), "2");
}

TEST_F(AmnesiacDiskTest, RenamingReplacesOnlyOnceTheFolderIsSynced) {
  keep("current", "old");
  keep("temporary", "new");
  ASSERT_TRUE(disk_->rename(at("temporary"), at("current")));
  EXPECT_EQ(read("current"), "new");
  EXPECT_EQ(real("current"), "old");
  EXPECT_EQ(real("temporary"), "new");
  ASSERT_TRUE(disk_->sync_directory(root()));
  EXPECT_EQ(real("current"), "new");
  EXPECT_EQ(real("temporary"), "NotFound");
  power_cut();
  EXPECT_EQ(read("current"), "new");
}

TEST_F(AmnesiacDiskTest, AFileMovedBetweenFoldersIsWholeWhicheverIsSyncedFirst) {
  for (const bool target_first : {true, false}) {
    const std::string name = target_first ? "t" : "s";
    ASSERT_TRUE(make_directories(*disk_, at("from")));
    ASSERT_TRUE(make_directories(*disk_, at("to")));
    keep("from/" + name, "bytes");
    ASSERT_TRUE(disk_->rename(at("from/" + name), at("to/" + name)));
    ASSERT_TRUE(disk_->sync_directory(at(target_first ? "to" : "from")));
    EXPECT_EQ(real("to/" + name), target_first ? "bytes" : "NotFound");
    ASSERT_TRUE(disk_->sync_directory(at(target_first ? "from" : "to")));
    EXPECT_EQ(real("from/" + name), "NotFound");
    EXPECT_EQ(real("to/" + name), "bytes");
    EXPECT_EQ(read("to/" + name), "bytes");
  }
}

TEST_F(AmnesiacDiskTest, AFolderIsOnlyAsDurableAsTheOneAboveIt) {
  ASSERT_TRUE(disk_->make_directory(at("x")));
  keep("x/file", "bytes");  // syncs x, but not x's own name
  power_cut();
  EXPECT_EQ(read("x/file"), "NotFound");
  ASSERT_TRUE(disk_->make_directory(at("x")));
  keep("x/file", "bytes");
  auto later = create("x/later", "bytes");
  ASSERT_TRUE(disk_->sync_directory(root()));
  power_cut();
  EXPECT_EQ(read("x/file"), "bytes");
  EXPECT_EQ(read("x/later"), "NotFound");
  EXPECT_EQ(disk_->remove(at("x")).error().code, Code::Conflict);
  ASSERT_TRUE(disk_->remove(at("x/file")));
  ASSERT_TRUE(disk_->remove(at("x")));
  ASSERT_TRUE(disk_->sync_directory(root()));
  power_cut();
  EXPECT_EQ(disk_->facts(at("x")).error().code, Code::NotFound);
}

TEST_F(AmnesiacDiskTest, AFolderThatIsThereIsMadeDurableWhoeverMadeIt) {
  // As by another thread that has not come to its sync, or by a process that died before it.
  ASSERT_TRUE(disk_->make_directory(at("x")));
  ASSERT_TRUE(disk_->make_directory(at("x/y")));
  ASSERT_TRUE(disk_->make_directory(at("z")));
  DurableFolders folders(*disk_, root());
  ASSERT_TRUE(folders.make(at("x/y")));
  keep("x/y/file", "bytes");
  ASSERT_TRUE(make_directories(*disk_, at("z")));
  keep("z/file", "bytes");
  power_cut();
  EXPECT_EQ(read("x/y/file"), "bytes");
  EXPECT_EQ(read("z/file"), "bytes");
}

TEST_F(AmnesiacDiskTest, AFolderCostsItsSyncOnce) {
  disk_->cut_power_at_sync(4);
  DurableFolders folders(*disk_, root() / "");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(folders.make(at("x/y")));
  EXPECT_TRUE(folders.make(at("x")));
  EXPECT_TRUE(folders.make(root()));
  EXPECT_TRUE(folders.make(at("x/z")));
  EXPECT_FALSE(folders.make(at("a")));
  EXPECT_EQ(real("a"), "NotFound");
}

TEST_F(AmnesiacDiskTest, AnOpenFileIsReadThoughRemovedForGood) {
  keep("a", "bytes");
  auto reader = std::move(*disk_->open(at("a")));
  ASSERT_TRUE(disk_->remove(at("a")));
  ASSERT_TRUE(disk_->sync_directory(root()));
  std::string into(5, '\0');
  EXPECT_EQ(reader->read_at(0, into), 5u);
  EXPECT_EQ(into, "bytes");
}

TEST_F(AmnesiacDiskTest, ACutMayKeepAPartOfTheLastWrite) {
  keep("a", "synced");
  auto file = std::move(*disk_->write(at("a"), WriteMode::Append));
  ASSERT_TRUE(file->append("unsynced"));
  disk_->cut_power([](std::size_t unsynced) { return unsynced / 2; });
  EXPECT_EQ(real("a"), "syncedunsy");
}

TEST_F(AmnesiacDiskTest, WithoutPowerEverythingFails) {
  auto file = create("a", "x");
  disk_->cut_power();
  EXPECT_EQ(file->append("y").error().code, Code::Unavailable);
  EXPECT_EQ(file->sync().error().code, Code::Unavailable);
  EXPECT_EQ(disk_->sync_directory(root()).error().code, Code::Unavailable);
  EXPECT_EQ(disk_->list(root()).error().code, Code::Unavailable);
  EXPECT_EQ(make_directories(*disk_, at("x/y")).error().code, Code::Unavailable);
}

TEST_F(AmnesiacDiskTest, WhatIsMissingSaysSo) {
  EXPECT_EQ(read("missing"), "NotFound");
  EXPECT_EQ(disk_->list(at("missing")).error().code, Code::NotFound);
  EXPECT_EQ(disk_->remove(at("missing")).error().code, Code::NotFound);
  EXPECT_EQ(disk_->write(at("no/folder"), WriteMode::Create).error().code, Code::NotFound);
  EXPECT_EQ(disk_->open(folder_ / "outside").error().code, Code::NotFound);
  keep("a", "1");
  EXPECT_EQ(disk_->write(at("a"), WriteMode::Create).error().code, Code::Conflict);
  EXPECT_EQ(disk_->list(root())->size(), 1u);
}

}  // namespace
}  // namespace sextant::adapters
