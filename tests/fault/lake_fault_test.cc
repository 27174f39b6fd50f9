// links: lake adapters store ports core
// The lake when the disk is full, when the power goes, and when calls fail now and then: what was
// acknowledged is in the lake once, what was not is not, and no file stays that nobody names.
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "adapters/embedded/amnesiac_disk.h"
#include "adapters/embedded/lake_files.h"
#include "adapters/embedded/posix_disk.h"
#include "adapters/faulty/lake_files.h"
#include "adapters/faulty/store.h"
#include "lake/file_lander.h"
#include "lake/sweep.h"
#include "lake/upkeep.h"
#include "tests/support/lake_fixture.h"
#include "tests/support/seed.h"

namespace sextant::lake {
namespace {

using test::make_lake_rows;

class LakeFaultTest : public LakeTest {
 protected:
  ports::CommitLog& log() override { return *log_in_use_; }
  ports::LakeFiles& files() override { return *files_in_use_; }

  // Every file of the manifest is there and is what was written, and there is no other.
  void expect_whole() {
    ASSERT_TRUE(sweep(*files_, *manifest_));
    EXPECT_EQ(files_on_disk(), files_in_manifest());
    const auto table = manifest_->find(TableName("alb"));
    ASSERT_TRUE(table);
    if (!*table) return;
    for (const auto& file : (*table)->files) EXPECT_TRUE(files_->verify(*file)) << file->path;
  }

  ports::CommitLog* log_in_use_ = &store_;
  ports::LakeFiles* files_in_use_ = files_.get();
};

// Lets through so many bytes, then is full; until there is room again.
class NarrowDisk final : public adapters::Disk {
 public:
  explicit NarrowDisk(adapters::Disk& inner) : inner_(inner) {}
  std::atomic<std::int64_t> room_left = 0;

  Result<std::unique_ptr<adapters::WritableFile>> write(const Path& path,
                                                        adapters::WriteMode mode) override {
    SX_TRY_AS(auto file, inner_.write(path, mode));
    return std::make_unique<File>(std::move(file), room_left);
  }
  Result<std::unique_ptr<adapters::ReadableFile>> open(const Path& path) const override {
    return inner_.open(path);
  }
  Result<> rename(const Path& from, const Path& to) override { return inner_.rename(from, to); }
  Result<> remove(const Path& path) override { return inner_.remove(path); }
  Result<> make_directory(const Path& path) override { return inner_.make_directory(path); }
  Result<std::vector<adapters::DirectoryEntry>> list(const Path& path) const override {
    return inner_.list(path);
  }
  Result<adapters::FileFacts> facts(const Path& path) const override { return inner_.facts(path); }
  Result<> sync_directory(const Path& path) override { return inner_.sync_directory(path); }
  Result<adapters::DiskRoom> room(const Path& path) const override { return inner_.room(path); }
  Result<std::unique_ptr<adapters::DiskLock>> lock(const Path& path) override {
    return inner_.lock(path);
  }

 private:
  class File final : public adapters::WritableFile {
   public:
    File(std::unique_ptr<adapters::WritableFile> inner, std::atomic<std::int64_t>& room_left)
        : inner_(std::move(inner)), room_left_(room_left) {}
    Result<> append(std::string_view bytes) override {
      const auto count = static_cast<std::int64_t>(bytes.size());
      if (room_left_.fetch_sub(count) < count) return fail(Code::Exhausted, "disk full");
      return inner_->append(bytes);
    }
    Result<> sync() override { return inner_->sync(); }
    Result<> truncate(std::uint64_t bytes) override { return inner_->truncate(bytes); }
    std::uint64_t size() const override { return inner_->size(); }

   private:
    std::unique_ptr<adapters::WritableFile> inner_;
    std::atomic<std::int64_t>& room_left_;
  };

  adapters::Disk& inner_;
};

TEST_F(LakeFaultTest, AFullDiskRefusesAndRecoversWithoutARestart) {
  NarrowDisk narrow(disk_);
  const auto narrow_files = adapters::open_lake_files(narrow, folder_ / "lake");
  ASSERT_TRUE(narrow_files);
  files_in_use_ = narrow_files->get();
  auto lander = this->lander();
  narrow.room_left = 1 << 20;
  ASSERT_TRUE(land(*lander, "before", {make_lake_rows()}).get());
  // Where it fills up: in the first bytes, in the middle of a large file, and in a small one.
  for (const int room : {0, 100, 5'000}) {
    for (const int rows : {10, 100'000}) {
      narrow.room_left = room;
      const auto name = std::to_string(room) + "/" + std::to_string(rows);
      auto landing = lander->open();
      auto added = landing->add(TableName("alb"), make_lake_rows({.rows = rows}));
      std::promise<Result<ports::Committed>> promise;
      if (added) {
        lander->land(std::move(landing), outcome(name),
                     [&](Result<ports::Committed> done) { promise.set_value(std::move(done)); });
      } else {
        promise.set_value(std::unexpected(added.error()));
        landing.reset();
      }
      const auto done = promise.get_future().get();
      if (room == 5'000 && rows == 10) continue;  // that much room may do
      ASSERT_FALSE(done) << name;
      EXPECT_EQ(done.error().code, Code::Exhausted) << done.error().message;
    }
  }
  EXPECT_NE(ask("SELECT count(*) FROM alb"), "0") << "what landed before is readable";
  narrow.room_left = 1 << 30;
  ASSERT_TRUE(land(*lander, "after", {make_lake_rows({.marker = "after"})}).get());
  EXPECT_EQ(ask("SELECT count(*) FROM alb WHERE url.original LIKE '%/after/%'"), "10");
  lander.reset();
  EXPECT_EQ(files_on_disk(), files_in_manifest()) << "nothing half written stays";
  expect_whole();
}

TEST_F(LakeFaultTest, WhatWasAcknowledgedSurvivesAPowerCut) {
  // The manifest (in memory here) keeps what it was told; the files must be there.
  for (std::uint64_t syncs = 1; syncs < 40; syncs += 3) {
    auto disk = adapters::AmnesiacDisk::load(folder_.path());
    ASSERT_TRUE(disk);
    const auto forgetful = adapters::open_lake_files(**disk, folder_ / "lake");
    ASSERT_TRUE(forgetful) << forgetful.error().message;
    files_in_use_ = forgetful->get();
    (*disk)->cut_power_at_sync(syncs, [](std::size_t unsynced) { return unsynced / 2; });
    std::size_t landed = 0;
    {
      auto lander = this->lander({.linger = std::chrono::milliseconds(0)});
      for (int i = 0; i < 8; ++i) {
        const auto name = std::to_string(syncs) + "/" + std::to_string(i);
        const auto step = std::chrono::minutes(i % 2 == 0 ? 0 : 20);
        landed +=
            land(*lander, name, {make_lake_rows({.step = step, .marker = name})}).get().has_value();
      }
    }
    disk->reset();
    const auto marker = "%/" + std::to_string(syncs) + "/%";
    expect_whole();
    if (landed == 0) continue;
    EXPECT_EQ(ask("SELECT count(*) FROM alb WHERE url.original LIKE '" + marker + "'"),
              std::to_string(landed * 10));
  }
  EXPECT_GT(rows_in("alb"), 0u);
}

TEST_F(LakeFaultTest, ExactlyOnceWhileCallsFail) {
  SystemClock clock;
  adapters::Faults faults(test::seed(20260702),
                          {.error = 0.1, .full = 0.05, .lost_acknowledgement = 0.05, .delay = 0.1},
                          clock);
  adapters::FaultyLakeFiles flaky_files(*files_, faults);
  adapters::FaultyCommitLog flaky_log(store_, faults, clock);
  files_in_use_ = &flaky_files;
  log_in_use_ = &flaky_log;
  constexpr int kDeliveries = 60;
  {
    auto lander = this->lander({.linger = std::chrono::milliseconds(1)});
    // As the dispatcher does it: again, until the outcome is on record.
    const auto deliver = [&](int first) {
      for (int i = first; i < kDeliveries; i += 4) {
        const auto name = std::to_string(i);
        while (!store_.get("outcome/" + name)->has_value()) {
          auto landing = lander->open();
          if (!landing->add(TableName("alb"), make_lake_rows({.marker = name}))) continue;
          std::promise<Result<ports::Committed>> promise;
          lander->land(std::move(landing), outcome(name),
                       [&](Result<ports::Committed> done) { promise.set_value(std::move(done)); });
          (void)promise.get_future().get();
        }
      }
    };
    std::vector<std::jthread> workers;
    for (int first = 0; first < 4; ++first) workers.emplace_back(deliver, first);
  }
  faults.set({});
  reopen();
  expect_whole();
  EXPECT_EQ(ask("SELECT count(*) FROM alb"), std::to_string(kDeliveries * 10));
  EXPECT_EQ(ask("SELECT count(DISTINCT url.original) FROM alb"), std::to_string(kDeliveries * 10));
}

// Merging and removing, while any call below fails now and then, and some commits happen that are
// said not to have. Each event is landed so many times, and is there once at least.
class MergeFaultTest : public LakeFaultTest, public testing::WithParamInterface<int> {
 protected:
  static constexpr int kFiles = 40;

  std::map<TableName, TablePolicy> policies() const {
    if (GetParam() == 1) return {};
    return {{TableName("alb"), {.unique = {"url.original"}}}};
  }
  // What came is there, or was left out since its event is there.
  void expect_rows(int landed) {
    const auto found = manifest_->find(TableName("alb"));
    ASSERT_TRUE(found && *found);
    std::uint64_t rows = 0;
    std::uint64_t duplicates = 0;
    for (const auto& file : (*found)->files) {
      rows += file->rows;
      duplicates += file->duplicates;
    }
    EXPECT_EQ(rows + duplicates, static_cast<std::uint64_t>(landed) * 10);
    EXPECT_TRUE(GetParam() > 1 || duplicates == 0);
    left_out_ = duplicates;
  }
  void expect_events() {
    expect_rows(kFiles);
    EXPECT_EQ(ask("SELECT count(*) FROM alb"), std::to_string(kFiles * 10 - left_out_));
    EXPECT_EQ(ask("SELECT count(DISTINCT url.original) FROM alb"),
              std::to_string(kFiles * 10 / GetParam()));
  }
  static void run(Upkeep& upkeep) {
    for (auto more = upkeep.step(); !more || *more; more = upkeep.step()) {
    }
  }

  std::uint64_t left_out_ = 0;
};

TEST_P(MergeFaultTest, MergesKeepEachEventOnceWhileCallsFail) {
  SystemClock real;
  adapters::Faults faults(test::seed(20260703),
                          {.error = 0.05, .full = 0.02, .lost_acknowledgement = 0.1, .delay = 0.05},
                          real);
  adapters::FaultyLakeFiles flaky_files(*files_, faults);
  adapters::FaultyCommitLog flaky_log(store_, faults, real);
  {
    auto publisher = DeltaPublisher::start({.scope = scope_,
                                            .clock = clock_,
                                            .log = flaky_log,
                                            .state = store_,
                                            .streams = store_,
                                            .files = flaky_files,
                                            .manifest = *manifest_,
                                            .checkpoint_every = 2},
                                           metrics_);
    auto upkeep = Upkeep::open({.scope = scope_,
                                .clock = clock_,
                                .log = flaky_log,
                                .files = flaky_files,
                                .manifest = *manifest_,
                                .delta = *publisher,
                                .policies = [this] { return policies(); },
                                .on_work = [] {},
                                .metrics = metrics_},
                               {.merge = {.files_min = 3}});
    auto lander = this->lander();
    for (int i = 0; i < kFiles; ++i) {
      const auto marker = std::to_string(i / GetParam());
      ASSERT_TRUE(land(*lander, std::to_string(i), {make_lake_rows({.marker = marker})}).get());
      for (int step = 0; step < 4; ++step) (void)upkeep->step();
      clock_.advance(std::chrono::minutes(i % 4));
      expect_rows(i + 1);
    }
    faults.set({});
    clock_.advance(std::chrono::hours(3));
    run(*upkeep);
    clock_.advance(std::chrono::hours(3));
    run(*upkeep);
  }
  expect_events();
  reopen();
  EXPECT_TRUE(manifest_->removed(TableName("alb"))->empty());
  EXPECT_LT(files_in_manifest().size(), 6u);
  EXPECT_TRUE(GetParam() == 1 || left_out_ > 0);
  ASSERT_TRUE(sweep(*files_, *manifest_));
  const auto table = *manifest_->find(TableName("alb"));
  for (const auto& file : table->files) EXPECT_TRUE(files_->verify(*file)) << file->path;
  expect_events();
}

INSTANTIATE_TEST_SUITE_P(CopiesOfEachEvent, MergeFaultTest, testing::Values(1, 4));

}  // namespace
}  // namespace sextant::lake
