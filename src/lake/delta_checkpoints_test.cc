#include "lake/delta_checkpoints.h"

#include <arrow/io/memory.h>
#include <parquet/arrow/reader.h>

#include <algorithm>

#include "lake/delta_log.h"
#include "lake/delta_parts.h"
#include "store/keys.h"
#include "tests/support/lake_fixture.h"

namespace sextant::lake {
namespace {

const TableName kTable("alb");

// A log with checkpoints at versions 4 and 8, and a version behind them.
class DeltaCheckpointsTest : public LakeTest {
 protected:
  DeltaCheckpointsTest() {
    DeltaLog log(parts(), kTable);
    for (int i = 0; i < 10; ++i) publish_one(log);
  }
  DeltaParts parts() { return delta_parts(4); }
  void publish_one(DeltaLog& log) {
    auto lander = this->lander();
    ASSERT_TRUE(land(*lander, std::to_string(++landed_), {test::make_lake_rows()}).get());
    ASSERT_EQ(log.step(), true);
  }
  std::string published(const std::string& name) {
    return files_->published(delta_log_path(kTable, name)).value_or("(none)");
  }
  void replace(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(files_->publish(delta_log_path(kTable, name), bytes, ports::IfExists::Replace));
  }
  bool is_there(const std::string& name) { return published(name) != "(none)"; }
  // What a node says of the log when it opens it.
  std::string said_at_start() {
    testing::internal::CaptureStderr();
    EXPECT_EQ(DeltaLog(parts(), kTable).step(), false) << "there is nothing new";
    return testing::internal::GetCapturedStderr();
  }
  // Rows of a checkpoint; -1 where Parquet cannot read it.
  std::int64_t actions_in(const std::string& name) {
    const auto buffer = arrow::Buffer::FromString(published(name));
    auto reader = parquet::arrow::OpenFile(std::make_shared<arrow::io::BufferReader>(buffer),
                                           arrow::default_memory_pool());
    if (!reader.ok()) return -1;
    const auto table = (*reader)->ReadTable();
    return table.ok() ? (*table)->num_rows() : -1;
  }
  static std::string flipped(std::string bytes, std::size_t at) {
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << at % 8));
    return bytes;
  }

  const std::string older_ = delta_checkpoint_name(4);
  const std::string newest_ = delta_checkpoint_name(8);
  const std::string last_ = "_last_checkpoint";
  int landed_ = 0;
};

TEST_F(DeltaCheckpointsTest, WholeOnesAreLeftAsTheyAre) {
  const auto newest = published(newest_);
  EXPECT_EQ(actions_in(newest_), 9 + 3);
  EXPECT_EQ(said_at_start(), "");
  EXPECT_EQ(published(newest_), newest);
  EXPECT_EQ(published(last_), R"({"version":8,"size":12})");
  EXPECT_TRUE(is_there(older_));
}

// Its first and last bytes, and everything between them in steps: pages, footer.
TEST_F(DeltaCheckpointsTest, AFlippedByteAnywhereIsFoundAndNamed) {
  const auto whole = published(newest_);
  ASSERT_GT(whole.size(), 1'000u);
  const auto parts = this->parts();
  const DeltaCheckpoints checkpoints(parts, kTable);
  EXPECT_EQ(checkpoints.check(), true);
  constexpr std::size_t kEdge = 4;
  for (std::size_t at = 0; at < whole.size();) {
    SCOPED_TRACE(at);
    replace(newest_, flipped(whole, at));
    testing::internal::CaptureStderr();
    EXPECT_EQ(checkpoints.check(), false) << "it has to be written";
    const auto said = testing::internal::GetCapturedStderr();
    EXPECT_TRUE(said.contains("damaged")) << said;
    EXPECT_TRUE(said.contains(delta_log_path(kTable, newest_))) << said;
    EXPECT_FALSE(is_there(newest_)) << "nobody reads what is wrong";
    at += at < kEdge || at + kEdge >= whole.size()
              ? 1
              : std::min(whole.size() / 20, whole.size() - kEdge - at);
  }
  replace(newest_, whole);
  EXPECT_EQ(checkpoints.check(), true);
}

TEST_F(DeltaCheckpointsTest, ADamagedOneIsWrittenAnew) {
  replace(newest_, flipped(published(newest_), 700));
  EXPECT_TRUE(said_at_start().contains(delta_log_path(kTable, newest_)));
  EXPECT_FALSE(is_there(newest_));
  EXPECT_EQ(actions_in(delta_checkpoint_name(9)), 10 + 3) << "the log has gone on since";
  EXPECT_EQ(published(last_), R"({"version":9,"size":13})");
  EXPECT_TRUE(is_there(older_));
  EXPECT_TRUE(is_there(delta_file_name(4))) << "versions since the one before are still there";
  EXPECT_EQ(said_at_start(), "") << "it is right now";
}

TEST_F(DeltaCheckpointsTest, AFlippedByteOfTheOneBeforeIsNamedAndItIsRemoved) {
  const auto newest = published(newest_);
  replace(older_, flipped(published(older_), 700));
  const auto said = said_at_start();
  EXPECT_TRUE(said.contains("damaged")) << said;
  EXPECT_TRUE(said.contains(delta_log_path(kTable, older_))) << said;
  EXPECT_FALSE(is_there(older_));
  EXPECT_EQ(published(newest_), newest);
  EXPECT_EQ(said_at_start(), "");
}

TEST_F(DeltaCheckpointsTest, AFlippedByteOfWhichIsTheLastIsNamedAndPutRight) {
  const auto whole = published(last_);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    replace(last_, flipped(whole, at));
    const auto said = said_at_start();
    EXPECT_TRUE(said.contains("damaged")) << said;
    EXPECT_TRUE(said.contains(delta_log_path(kTable, last_))) << said;
    EXPECT_EQ(published(last_), whole);
  }
  EXPECT_EQ(said_at_start(), "");
}

TEST_F(DeltaCheckpointsTest, WhatACrashLeftOutIsWritten) {
  ASSERT_TRUE(files_->remove(delta_log_path(kTable, newest_)));
  ASSERT_TRUE(files_->remove(delta_log_path(kTable, last_)));
  EXPECT_TRUE(said_at_start().contains("missing"));
  EXPECT_EQ(published(last_), R"({"version":9,"size":13})");
  EXPECT_EQ(actions_in(delta_checkpoint_name(9)), 13);
  EXPECT_EQ(said_at_start(), "");
}

// The rows of the log go on as if nothing had been: the next checkpoint comes where it would have.
TEST_F(DeltaCheckpointsTest, TheLogGoesOnBehindOneThatWasWrittenAnew) {
  replace(newest_, "PAR1");
  EXPECT_TRUE(said_at_start().contains("damaged"));
  DeltaLog log(parts(), kTable);
  for (int i = 0; i < 3; ++i) publish_one(log);
  EXPECT_EQ(published(last_), R"({"version":12,"size":16})");
  const auto names = *files_->list(delta_log_folder(kTable));
  EXPECT_EQ(names.front(), delta_checkpoint_name(9)) << "the one before";
  EXPECT_EQ(said_at_start(), "");
}

// What somebody else wrote into the log is theirs.
TEST_F(DeltaCheckpointsTest, CheckpointsOfOthersAreLeftAlone) {
  const auto theirs = delta_checkpoint_name(7);
  replace(theirs, "whatever");
  EXPECT_EQ(said_at_start(), "");
  EXPECT_EQ(published(theirs), "whatever");
}

}  // namespace
}  // namespace sextant::lake
