#include "adapters/embedded/disk.h"

#include <gtest/gtest.h>

#include "adapters/embedded/posix_disk.h"
#include "tests/support/temporary_folder.h"

namespace sextant::adapters {
namespace {

class DiskTest : public testing::Test {
 protected:
  test::TemporaryFolder folder_;
  PosixDisk disk_;
};

TEST_F(DiskTest, WhatIsAppendedIsReadInPieces) {
  auto file = disk_.write(folder_ / "a", WriteMode::Create);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->append("hello "));
  ASSERT_TRUE((*file)->append("world"));
  EXPECT_EQ((*file)->size(), 11u);
  auto reader = disk_.open(folder_ / "a");
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->size(), 11u);
  std::string piece(20, '\0');
  EXPECT_EQ((*reader)->read_at(6, piece), 5u);
  EXPECT_EQ(piece.substr(0, 5), "world");
  EXPECT_EQ((*reader)->read_at(11, piece), 0u);
}

TEST_F(DiskTest, ModesSayWhatHappensToAnExistingFile) {
  ASSERT_TRUE(replace_file(disk_, folder_ / "a", "old"));
  EXPECT_EQ(disk_.write(folder_ / "a", WriteMode::Create).error().code, Code::Conflict);
  ASSERT_TRUE((*disk_.write(folder_ / "a", WriteMode::Append))->append(" and new"));
  EXPECT_EQ(read_file(disk_, folder_ / "a"), "old and new");
  ASSERT_TRUE((*disk_.write(folder_ / "a", WriteMode::Replace))->append("x"));
  EXPECT_EQ(read_file(disk_, folder_ / "a"), "x");
}

TEST_F(DiskTest, ErrorsNameThePathAndTellWhatToDo) {
  const auto missing = folder_ / "missing";
  for (const Error& error :
       {disk_.open(missing).error(), disk_.facts(missing).error(), disk_.remove(missing).error(),
        disk_.list(missing).error(), disk_.rename(missing, folder_ / "b").error(),
        disk_.sync_directory(missing).error()}) {
    EXPECT_EQ(error.code, Code::NotFound) << error.message;
    EXPECT_NE(error.message.find(missing.string()), std::string::npos) << error.message;
  }
  EXPECT_EQ(disk_error("write", missing, ENOSPC).error().code, Code::Exhausted);
  EXPECT_EQ(disk_error("write", missing, EIO).error().code, Code::Unavailable);
}

TEST_F(DiskTest, FoldersAreMadeListedAndRemovedWhenEmpty) {
  ASSERT_TRUE(make_directories(disk_, folder_ / "x/y/z"));
  ASSERT_TRUE(make_directories(disk_, folder_ / "x/y/z"));
  ASSERT_TRUE(replace_file(disk_, folder_ / "x/file", "1"));
  auto entries = disk_.list(folder_ / "x");
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ(entries->at(0).name, "file");
  EXPECT_FALSE(entries->at(0).is_directory);
  EXPECT_TRUE(entries->at(1).is_directory);
  EXPECT_EQ(disk_.remove(folder_ / "x/y").error().code, Code::Conflict);
  EXPECT_TRUE(disk_.remove(folder_ / "x/y/z"));
  EXPECT_EQ(disk_.make_directory(folder_ / "x/file").error().code, Code::Conflict);
}

TEST_F(DiskTest, ALockIsHeldOnce) {
  auto first = disk_.lock(folder_ / "LOCK");
  ASSERT_TRUE(first);
  EXPECT_EQ(disk_.lock(folder_ / "LOCK").error().code, Code::Conflict);
  first->reset();
  EXPECT_TRUE(disk_.lock(folder_ / "LOCK"));
}

TEST_F(DiskTest, ReadingAWholeFileHasALimit) {
  ASSERT_TRUE(replace_file(disk_, folder_ / "a", "12345"));
  EXPECT_EQ(read_file(disk_, folder_ / "a", 4).error().code, Code::Exhausted);
}

TEST_F(DiskTest, RoomIsWhatTheFileSystemHas) {
  auto room = disk_.room(folder_.path());
  ASSERT_TRUE(room);
  EXPECT_GT(room->total_bytes, 0u);
  EXPECT_LE(room->free_bytes, room->total_bytes);
}

}  // namespace
}  // namespace sextant::adapters
