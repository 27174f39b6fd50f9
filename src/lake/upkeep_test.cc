#include "lake/upkeep.h"

#include <atomic>
#include <thread>

#include "lake/sweep.h"
#include "tests/support/lake_fixture.h"

namespace sextant::lake {
namespace {

using namespace std::chrono_literals;
using test::make_lake_rows;

class UpkeepTest : public LakeTest {
 protected:
  UpkeepTest() { open(); }

  void open() {
    publisher_ = DeltaPublisher::start(delta_parts(), metrics_);
    upkeep_ = Upkeep::open({.scope = scope_,
                            .clock = clock_,
                            .log = log(),
                            .files = files(),
                            .manifest = *manifest_,
                            .delta = *publisher_,
                            .policies = [this] { return policies_; },
                            .on_work = [] {},
                            .metrics = metrics_},
                           {.merge = {.files_min = 4}, .rest_ratio = 0});
  }
  // As when the node ends and starts again.
  void restart() {
    upkeep_.reset();
    publisher_.reset();
    reopen();
    ASSERT_TRUE(sweep(*files_, *manifest_));
    open();
  }
  ~UpkeepTest() override {
    upkeep_.reset();
    publisher_.reset();
  }

  void land_one(const test::LakeRows& rows = {}) {
    auto lander = this->lander();
    auto named = rows;
    named.marker += std::to_string(++landed_);
    ASSERT_TRUE(land(*lander, named.marker, {make_lake_rows(named)}).get());
  }
  void land_some(int files) {
    for (int i = 0; i < files; ++i) land_one();
  }
  void land_copies(const std::string& marker, int copies) {
    for (int i = 0; i < copies; ++i) {
      auto lander = this->lander();
      const auto name = std::to_string(++landed_);
      ASSERT_TRUE(land(*lander, name, {make_lake_rows({.marker = marker})}).get());
    }
  }
  // Rows and events.
  std::string look() {
    return ask("SELECT count(*) || ' ' || count(DISTINCT url.original) FROM alb");
  }
  std::string facts() {
    const auto facts = manifest_->tables()->front();
    EXPECT_EQ(std::to_string(facts.rows), ask("SELECT count(*) FROM alb"));
    return std::to_string(facts.rows) + " rows, " + std::to_string(facts.duplicates) + " left out";
  }
  std::uint64_t left_out_so_far() {
    return metrics_.counter("sextant_lake_duplicate_rows_total", "", {{"table", "alb"}}).value();
  }
  // Everything that is due now.
  int work() {
    int steps = 0;
    for (;;) {
      const auto stepped = upkeep_->step();
      EXPECT_TRUE(stepped) << stepped.error().message;
      if (!stepped || !*stepped) return steps;
      ++steps;
    }
  }
  std::string everything() {
    return ask(
        "SELECT count(*) || ' ' || count(DISTINCT url.original) || ' ' || "
        "sum(event.duration) || ' ' || count(http.response.status_code) || ' ' || "
        "sum(len(tags)) || ' ' || min(source.ip) || ' ' || max(ts) || ' ' || min(hour) FROM "
        "alb");
  }
  std::uint64_t removed_count() { return manifest_->removed(TableName("alb"))->size(); }

  std::unique_ptr<DeltaPublisher> publisher_;
  std::unique_ptr<Upkeep> upkeep_;
  std::map<TableName, TablePolicy> policies_;
  int landed_ = 0;
};

TEST_F(UpkeepTest, ManySmallFilesBecomeOneWithTheSameRows) {
  land_some(4);
  const auto before = everything();
  const auto facts = manifest_->tables()->front();
  EXPECT_GT(work(), 0);
  EXPECT_EQ(files_in_manifest().size(), 1u);
  EXPECT_EQ(everything(), before);
  const auto after = manifest_->tables()->front();
  EXPECT_EQ(after.rows, facts.rows);
  EXPECT_EQ(after.ts_min, facts.ts_min);
  EXPECT_EQ(after.ts_max, facts.ts_max);
  EXPECT_EQ(after.files, 1u);
  const auto table = *manifest_->find(TableName("alb"));
  EXPECT_EQ(table->files.front()->schema->ToString(), table->schema->ToString());
  EXPECT_EQ(work(), 0) << "at rest";
}

TEST_F(UpkeepTest, FewFilesWaitUntilTheirPartitionIsQuiet) {
  land_some(2);
  EXPECT_LE(work(), 1);
  EXPECT_EQ(files_in_manifest().size(), 2u);
  clock_.advance(11min);
  EXPECT_GT(work(), 0);
  EXPECT_EQ(files_in_manifest().size(), 1u);
}

TEST_F(UpkeepTest, WhatIsThereAtStartIsMergedToo) {
  land_some(3);
  restart();
  clock_.advance(11min);
  work();
  EXPECT_EQ(files_in_manifest().size(), 1u);
}

TEST_F(UpkeepTest, PartitionsStayApart) {
  for (int i = 0; i < 4; ++i) land_one({.rows = 90, .step = 1min});
  const auto before = everything();
  work();
  EXPECT_EQ(files_in_manifest().size(), 2u) << "an hour each";
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(ask("SELECT count(*) FROM alb WHERE hour <> hour(ts)"), "0");
}

TEST_F(UpkeepTest, FilesOfDifferentColumnsGetAllOfThem) {
  land_some(3);
  land_one({.extra_column = true});
  const auto before = everything();
  const auto users = ask("SELECT count(user.name) FROM alb");
  work();
  EXPECT_EQ(files_in_manifest().size(), 1u);
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(ask("SELECT count(user.name) FROM alb"), users);
}

// A column that comes later may lie in a struct that was there before.
TEST_F(UpkeepTest, AnAddedColumnIsNullInOlderRowsBeforeAndAfterAMerge) {
  land_some(2);
  for (int i = 0; i < 2; ++i) {
    const auto rows = make_lake_rows({.marker = "new" + std::to_string(i)});
    arrow::Int32Builder ports;
    ASSERT_TRUE(ports.AppendValues(std::vector<std::int32_t>(10, 443)).ok());
    const auto wider = rows->AddColumn(rows->num_columns(), "source.port", *ports.Finish());
    auto lander = this->lander();
    ASSERT_TRUE(land(*lander, "new" + std::to_string(i), {*wider}).get());
  }
  const auto look = [&] {
    return ask(
        "SELECT count(*) || ' ' || count(source.ip) || ' ' || count(source.port) || ' ' || "
        "sum(source.port) FROM alb");
  };
  EXPECT_EQ(look(), "40 40 20 8860");
  work();
  ASSERT_EQ(files_in_manifest().size(), 1u);
  EXPECT_EQ(look(), "40 40 20 8860");
  EXPECT_EQ(
      ask("SELECT count(*) FROM alb WHERE source.port IS NULL AND url.original LIKE '%/new%'"),
      "0");
}

// Two trails deliver the same record: what names it here is its URL.
TEST_F(UpkeepTest, CopiesOfAnEventAreLeftOutOfAMergeAndCounted) {
  policies_[TableName("alb")] = {.unique = {"url.original"}};
  land_copies("a", 3);
  land_copies("b", 1);
  EXPECT_EQ(look(), "40 20");
  work();
  ASSERT_EQ(files_in_manifest().size(), 1u);
  EXPECT_EQ(look(), "20 20");
  EXPECT_EQ(facts(), "20 rows, 20 left out");
  EXPECT_EQ((*manifest_->find(TableName("alb")))->files.front()->unique_by, "url.original");
  EXPECT_EQ(left_out_so_far(), 20u);
  land_copies("b", 3);
  EXPECT_EQ(facts(), "50 rows, 20 left out");
  clock_.advance(11min);
  work();
  EXPECT_EQ(facts(), "20 rows, 50 left out");
  EXPECT_EQ(left_out_so_far(), 50u);
  restart();
  EXPECT_EQ(facts(), "20 rows, 50 left out") << "it is stored with the file";
  EXPECT_EQ(look(), "20 20");
}

TEST_F(UpkeepTest, WhatIsNotNamedIsNoCopy) {
  policies_[TableName("alb")] = {.unique = {"http.response.status_code"}};  // null in each seventh
  land_copies("a", 4);
  work();
  EXPECT_EQ(facts(), "9 rows, 31 left out");
  EXPECT_EQ(ask("SELECT count(DISTINCT http.response.status_code) FROM alb"), "5");
}

TEST_F(UpkeepTest, ATableWithoutTheColumnsKeepsAllRows) {
  policies_[TableName("alb")] = {.unique = {"url.original", "event.id"}};
  land_copies("a", 4);
  work();
  EXPECT_EQ(files_in_manifest().size(), 1u);
  EXPECT_EQ(facts(), "40 rows, 0 left out");
}

// The window is the event's hour.
TEST_F(UpkeepTest, CopiesInOtherHoursStay) {
  policies_[TableName("alb")] = {.unique = {"url.original"}};
  for (int i = 0; i < 4; ++i) {
    auto lander = this->lander();
    const auto rows = make_lake_rows({.first = test::kLakeTime + (i % 2) * 1h});
    ASSERT_TRUE(land(*lander, std::to_string(i), {rows}).get());
  }
  clock_.advance(2h);
  work();
  EXPECT_EQ(facts(), "20 rows, 20 left out");
}

TEST_F(UpkeepTest, FilesStayForReadersOutsideAndGoAfterwards) {
  land_some(4);
  const auto before = files_in_manifest();
  work();
  EXPECT_EQ(removed_count(), 4u);
  for (const auto& path : before) EXPECT_TRUE(files_on_disk().contains(path)) << path;
  clock_.advance(59min);
  work();
  restart();
  for (const auto& path : before) EXPECT_TRUE(files_on_disk().contains(path)) << "swept: " << path;
  clock_.advance(2min);
  EXPECT_GT(work(), 0);
  EXPECT_EQ(removed_count(), 0u);
  for (const auto& path : before) EXPECT_FALSE(files_on_disk().contains(path)) << path;
  EXPECT_EQ(work(), 0);
}

TEST_F(UpkeepTest, ARunningQueryKeepsTheFilesThatItReads) {
  land_some(4);
  const auto before = files_in_manifest();
  auto reader = [&] {
    const auto found = manifest_->find(TableName("alb"));
    return *files_->query("SELECT url.original FROM alb", {**found}, {});
  }();
  work();
  clock_.advance(2h);
  work();
  for (const auto& path : before) EXPECT_TRUE(files_on_disk().contains(path)) << path;
  std::int64_t rows = 0;
  for (auto batch = *reader->next(); batch; batch = *reader->next()) rows += batch->num_rows();
  EXPECT_EQ(rows, 40);
  reader.reset();
  clock_.advance(2min);
  work();
  for (const auto& path : before) EXPECT_FALSE(files_on_disk().contains(path)) << path;
}

TEST_F(UpkeepTest, TheCountIsConstantWhileFilesAreMerged) {
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> landed = 0;
  std::vector<std::string> wrong;
  std::jthread reader([&] {
    while (!done) {
      const auto least = landed.load();
      const auto found = manifest_->find(TableName("alb"));
      if (!*found) continue;
      std::uint64_t rows = 0;
      for (const auto& file : (*found)->files) rows += file->rows;
      const auto most = landed.load() + 10;  // one is perhaps not counted yet
      if (rows < least || rows > most) wrong.push_back(std::to_string(rows));
    }
  });
  for (int i = 0; i < 40; ++i) {
    land_one();
    landed += 10;
    work();
  }
  done = true;
  reader.join();
  EXPECT_TRUE(wrong.empty()) << wrong.front();
  EXPECT_EQ(ask("SELECT count(*) FROM alb"), "400");
  EXPECT_LT(files_in_manifest().size(), 12u);
}

TEST_F(UpkeepTest, ADamagedFileIsLeftAloneAndNamed) {
  work();
  land_some(4);
  const auto path = *files_in_manifest().begin();
  std::filesystem::resize_file(folder_ / "lake" / path, 100);
  const auto stepped = upkeep_->step();
  ASSERT_FALSE(stepped);
  EXPECT_EQ(stepped.error().code, Code::Corrupt);
  EXPECT_TRUE(stepped.error().message.contains(path)) << stepped.error().message;
  EXPECT_EQ(files_in_manifest().size(), 4u);
  EXPECT_EQ(upkeep_->step(), false);
}

// A thousand old hours that got a second file each, and one that fills now.
TEST_F(UpkeepTest, LateDataDoesNotKeepNewDataWaiting) {
  work();
  for (int i = 0; i < 2; ++i) land_one({.rows = 50, .first = test::kLakeTime - 100h, .step = 1h});
  clock_.advance(11min);
  land_some(4);
  ASSERT_TRUE(*upkeep_->step());
  const auto newest = folder_of("alb/date=2026-07-02/hour=22/x");
  EXPECT_EQ(manifest_->stored(TableName("alb"), newest)->size(), 1u) << "it went first";
  EXPECT_EQ(files_in_manifest().size(), 101u);
}

// kLakeTime is 22:23 on the second of July.
TEST_F(UpkeepTest, RowsLeaveWithTheirHourWhenTheirTimeIsOver) {
  work();
  land_one();                                  // hour 22
  land_one({.first = test::kLakeTime - 24h});  // hour 22 of the day before
  land_one({.first = test::kLakeTime - 23h});  // hour 23 of the day before
  policies_[TableName("alb")] = {.kept = std::chrono::days(1)};
  upkeep_->policies_changed();
  work();
  EXPECT_EQ(ask("SELECT count(*) FROM alb"), "30") << "22:59:59 of the day before is kept yet";
  clock_.advance(36min);
  work();
  EXPECT_EQ(ask("SELECT count(*) FROM alb"), "30");
  clock_.advance(1min);
  work();
  EXPECT_EQ(ask("SELECT count(*) FROM alb"), "20");
  EXPECT_EQ(removed_count(), 1u);
  clock_.advance(24h);
  EXPECT_GT(work(), 0);
  EXPECT_EQ(ask("SELECT count(*) FROM alb"), "0");
  EXPECT_EQ(ask("SELECT count(url.original) FROM alb"), "0") << "its columns stay";
  EXPECT_TRUE(manifest_->tables()->empty());
  clock_.advance(2h);
  work();
  for (const auto& path : files_on_disk()) EXPECT_FALSE(path.ends_with(".parquet")) << path;
  restart();
  EXPECT_EQ(ask("SELECT count(*) FROM alb"), "0");
  land_one({.first = test::kLakeTime + 25h});
  EXPECT_EQ(ask("SELECT count(*) FROM alb"), "10");
}

TEST_F(UpkeepTest, RowsThatComeTooLateForTheirTableGoToo) {
  policies_[TableName("alb")] = {.kept = std::chrono::days(1)};
  work();
  land_one({.first = test::kLakeTime - 48h});
  work();
  EXPECT_EQ(ask("SELECT count(*) FROM alb"), "10");
  clock_.advance(1h);
  work();
  EXPECT_EQ(ask("SELECT count(*) FROM alb"), "0");
}

TEST_F(UpkeepTest, WithoutAPolicyEverythingStays) {
  land_one({.first = test::kLakeTime - 1'000 * 24h});
  clock_.advance(24h);
  work();
  EXPECT_EQ(ask("SELECT count(*) FROM alb"), "10");
}

TEST_F(UpkeepTest, ItsThreadMergesAndEnds) {
  land_some(3);
  upkeep_->start();
  land_one();
  while (files_in_manifest().size() > 1) std::this_thread::yield();
  EXPECT_EQ(ask("SELECT count(*) FROM alb"), "40");
}

}  // namespace
}  // namespace sextant::lake
