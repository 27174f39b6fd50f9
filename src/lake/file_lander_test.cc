#include "lake/file_lander.h"

#include <fstream>
#include <semaphore>

#include "lake/sweep.h"
#include "store/keys.h"
#include "tests/support/lake_fixture.h"

namespace sextant::lake {
namespace {

using namespace std::chrono_literals;
using test::make_lake_rows;

// Lake files whose create() waits, so that a test decides what is together in a group.
class GatedLakeFiles final : public ports::LakeFiles {
 public:
  explicit GatedLakeFiles(ports::LakeFiles& inner) : inner_(inner) {}
  // For all folders but `passes`.
  void close_gate(std::string passes = "(none)") {
    passes_ = std::move(passes);
    open_ = false;
  }
  void open_gate() {
    open_ = true;
    open_.notify_all();
  }
  void wait_for_one_inside() { inside_.acquire(); }

  Result<std::unique_ptr<ports::LakeWriter>> create(std::string_view folder) override {
    if (!open_ && !folder.ends_with(passes_)) {
      inside_.release();
      open_.wait(false);
    }
    return inner_.create(folder);
  }
  Result<> verify(const ports::LakeFile& file) const override { return inner_.verify(file); }
  Result<> remove(std::string_view path) override { return inner_.remove(path); }
  Result<std::vector<std::string>> list(std::string_view folder) const override {
    return inner_.list(folder);
  }
  Result<> publish(std::string_view path, std::string_view bytes,
                   ports::IfExists if_exists) override {
    return inner_.publish(path, bytes, if_exists);
  }
  Result<std::string> published(std::string_view path) const override {
    return inner_.published(path);
  }
  Result<std::unique_ptr<ports::RowReader>> query(std::string_view sql,
                                                  const std::vector<ports::LakeTable>& tables,
                                                  const ports::QueryLimits& limits) override {
    return inner_.query(sql, tables, limits);
  }
  void rest() override { inner_.rest(); }

 private:
  ports::LakeFiles& inner_;
  std::string passes_;  // set before whoever asks comes
  std::atomic<bool> open_ = true;
  std::counting_semaphore<> inside_{0};
};

// Commits and then says that it does not know, as after a lost acknowledgement.
class LossyLog final : public ports::CommitLog {
 public:
  explicit LossyLog(ports::CommitLog& inner) : inner_(inner) {}
  void submit(ports::Batch batch, OnDurable on_durable) override {
    if (!lossy) return inner_.submit(std::move(batch), std::move(on_durable));
    inner_.submit(std::move(batch), [on_durable = std::move(on_durable)](auto) mutable {
      on_durable(fail(Code::Unavailable, "no answer"));
    });
  }
  std::atomic<bool> lossy = false;

 private:
  ports::CommitLog& inner_;
};

class FileLanderTest : public LakeTest {
 protected:
  ports::CommitLog& log() override { return log_; }
  ports::LakeFiles& files() override { return gated_; }
  GatedLakeFiles gated_{*files_};
  LossyLog log_{store_};
};

TEST_F(FileLanderTest, RowsAndOutcomeLandTogether) {
  auto lander = this->lander();
  const auto done = land(*lander, "one", {make_lake_rows({.rows = 100})}).get();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->sequences, (std::vector<std::uint64_t>{1})) << "those of its own appends";
  EXPECT_EQ((*store_.get("outcome/one"))->version, done->version);
  EXPECT_EQ(rows_in("alb"), 100u);
  EXPECT_EQ(ask("SELECT count(DISTINCT url.original) FROM alb"), "100");
  EXPECT_EQ(files_on_disk(), files_in_manifest());
  EXPECT_EQ(files_on_disk().begin()->substr(0, 27), "alb/date=2026-07-02/hour=22");
}

TEST_F(FileLanderTest, AManifestReadAgainSaysTheSame) {
  {
    auto lander = this->lander();
    ASSERT_TRUE(land(*lander, "one", {make_lake_rows()}).get());
    ASSERT_TRUE(land(*lander, "two", {make_lake_rows({.extra_column = true})}).get());
    ASSERT_TRUE(land(*lander, "three", {make_lake_rows()}, "other").get());
  }
  const auto before = files_in_manifest();
  const auto facts = manifest_->tables();
  reopen();
  EXPECT_EQ(files_in_manifest(), before);
  ASSERT_EQ(manifest_->tables()->size(), 2u);
  EXPECT_EQ(manifest_->tables()->front().rows, facts->front().rows);
  EXPECT_EQ(manifest_->tables()->front().ts_min, test::kLakeTime);
  EXPECT_EQ(ask("SELECT count(user.name) FROM alb"), "10");
  EXPECT_EQ(manifest_->find(TableName("nothing")), std::nullopt);
}

TEST_F(FileLanderTest, DeliveriesThatComeTogetherShareAFileAndACommit) {
  auto lander = this->lander({.flush_threads = 1});
  gated_.close_gate();
  std::vector<Durable> all;
  all.push_back(land(*lander, "first", {make_lake_rows()}));
  gated_.wait_for_one_inside();
  for (int i = 0; i < 200; ++i) {
    all.push_back(
        land(*lander, std::to_string(i), {make_lake_rows({.marker = std::to_string(i)})}));
  }
  gated_.open_gate();
  std::set<std::uint64_t> versions;
  std::set<std::uint64_t> sequences;
  for (auto& future : all) {
    const auto done = future.get();
    ASSERT_TRUE(done) << done.error().message;
    versions.insert(done->version);
    sequences.insert(done->sequences.begin(), done->sequences.end());
  }
  EXPECT_EQ(versions.size(), 2u);
  EXPECT_EQ(sequences.size(), 201u) << "each delivery is told its own appends";
  EXPECT_EQ(files_on_disk().size(), 2u);
  EXPECT_EQ(files_on_disk(), files_in_manifest());
  EXPECT_EQ(rows_in("alb"), 2'010u);
  EXPECT_EQ(ask("SELECT count(DISTINCT url.original) FROM alb"), "2010");
}

TEST_F(FileLanderTest, ADeliveryThatCannotLandHarmsNobody) {
  ASSERT_TRUE(ports::commit(store_, {.puts = {{.key = "outcome/50", .value = "already"}}}));
  auto lander = this->lander({.flush_threads = 1});
  gated_.close_gate();
  std::vector<Durable> all;
  all.push_back(land(*lander, "first", {make_lake_rows()}));
  gated_.wait_for_one_inside();
  for (int i = 0; i < 100; ++i) {
    all.push_back(
        land(*lander, std::to_string(i), {make_lake_rows({.marker = std::to_string(i)})}));
  }
  gated_.open_gate();
  std::size_t refused = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto done = all[i].get();
    if (done) continue;
    ++refused;
    EXPECT_EQ(i, 51u);
    EXPECT_EQ(done.error().code, Code::Conflict);
  }
  EXPECT_EQ(refused, 1u);
  lander.reset();
  EXPECT_EQ(rows_in("alb"), 1'000u);
  EXPECT_EQ(files_on_disk(), files_in_manifest()) << "files of the failed commits are gone";
  EXPECT_EQ(ask("SELECT count(*) FROM alb WHERE url.original LIKE '%/50/%'"), "0");
}

TEST_F(FileLanderTest, AnotherTypeOfAColumnIsRefusedAlone) {
  auto lander = this->lander();
  ASSERT_TRUE(land(*lander, "good", {make_lake_rows()}).get());
  const auto rows = make_lake_rows({.rows = 3});
  const auto wrong = rows->SetColumn(1, arrow::field("source.ip", arrow::int16()), rows->column(2));
  const auto done = land(*lander, "bad", {wrong.ValueOrDie()}).get();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::Invalid);
  EXPECT_NE(done.error().message.find("table 'alb'"), std::string::npos) << done.error().message;
  lander.reset();
  EXPECT_EQ(rows_in("alb"), 10u);
  EXPECT_EQ(files_on_disk(), files_in_manifest());
  EXPECT_FALSE(store_.get("outcome/bad")->has_value());
}

TEST_F(FileLanderTest, ALargeDeliveryStreamsWithBoundedMemory) {
  auto lander = this->lander({.writers = {.buffered_bytes_max = 8u << 20}});
  auto landing = lander->open();
  std::uint64_t most = 0;
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(landing->add(TableName("alb"),
                             make_lake_rows({.rows = 10'000, .marker = std::to_string(i)})));
    most = std::max(most, landing->buffered_bytes());
  }
  EXPECT_LT(most, 16u << 20);
  std::promise<Result<ports::Committed>> promise;
  lander->land(std::move(landing), outcome("large"),
               [&](Result<ports::Committed> done) { promise.set_value(std::move(done)); });
  ASSERT_TRUE(promise.get_future().get());
  EXPECT_EQ(ask("SELECT count(DISTINCT url.original) FROM alb"), "600000");
  EXPECT_EQ(files_on_disk(), files_in_manifest());
}

TEST_F(FileLanderTest, RowsOfAThousandHoursLandEachInItsOwn) {
  auto lander =
      this->lander({.shared_bytes_max = 64 << 10, .writers = {.buffered_bytes_max = 4u << 20}});
  std::vector<BatchPtr> batches;
  for (int i = 0; i < 4; ++i) {
    batches.push_back(make_lake_rows({.rows = 5'000, .step = 12min, .marker = std::to_string(i)}));
  }
  const auto done = land(*lander, "late", batches).get();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(ask("SELECT count(*) FROM alb WHERE date_trunc('hour', ts) = date + to_hours(hour)"),
            "20000");
  EXPECT_EQ(ask("SELECT count(DISTINCT (date, hour)) FROM alb"), "1001");
  EXPECT_EQ(files_on_disk(), files_in_manifest());
}

// Each of them needs more files than a group may have.
TEST_F(FileLanderTest, NewRowsLandWhileThoseOfManyOldHoursAreWritten) {
  auto lander = this->lander();
  const auto old_rows = [](int i) {
    return make_lake_rows({.rows = 100, .step = 1h, .marker = std::to_string(i)});
  };
  gated_.close_gate("date=2026-07-02/hour=22");
  std::vector<Durable> late;
  late.push_back(land(*lander, "late", {old_rows(0)}));
  gated_.wait_for_one_inside();
  for (int i = 1; i < 5; ++i)
    late.push_back(land(*lander, "late" + std::to_string(i), {old_rows(i)}));
  for (int i = 0; i < 20; ++i) {
    const auto name = "new" + std::to_string(i);
    ASSERT_TRUE(land(*lander, name, {make_lake_rows({.marker = name})}).get());
  }
  EXPECT_EQ(rows_in("alb"), 200u);
  gated_.open_gate();
  for (auto& future : late) ASSERT_TRUE(future.get());
  EXPECT_EQ(ask("SELECT count(*) FROM alb WHERE date_trunc('hour', ts) = date + to_hours(hour)"),
            "700");
  EXPECT_EQ(files_on_disk(), files_in_manifest());
}

// Many deliveries, each of an hour of its own, beside others that are all of the same one.
TEST_F(FileLanderTest, RowsOfManyHoursAreWrittenAFewHoursAtATime) {
  constexpr int kHours = 150;
  auto lander = this->lander({.flush_threads = 1});
  gated_.close_gate();
  std::vector<Durable> all;
  all.push_back(land(*lander, "first", {make_lake_rows()}));
  gated_.wait_for_one_inside();
  for (int i = 0; i < kHours; ++i) {
    const auto name = std::to_string(i);
    all.push_back(
        land(*lander, "late" + name, {make_lake_rows({.first = test::kLakeTime - 1h * i})}));
    all.push_back(land(*lander, "new" + name, {make_lake_rows({.marker = name})}));
  }
  gated_.open_gate();
  for (auto& future : all) ASSERT_TRUE(future.get());
  EXPECT_EQ(rows_in("alb"), 10u * (2 * kHours + 1));
  std::size_t files = 0;
  const auto stream = store::keys::lake_stream(scope_, TableName("alb"));
  const auto changes = store_.read(stream, 1, 1'000, 1 << 30);
  ASSERT_TRUE(changes);
  for (const auto& record : *changes) {
    const auto added = store::decode_lake_change(record.payload)->added.size();
    EXPECT_LE(added, 32u);
    files += added;
  }
  EXPECT_LE(files, kHours + 6u) << "those of one hour share files all the same";
}

TEST_F(FileLanderTest, TooManyHoursAreRefused) {
  auto lander = this->lander({.shared_bytes_max = 1, .writers = {.hours_max = 100}});
  auto landing = lander->open();
  const auto added = landing->add(TableName("alb"), make_lake_rows({.rows = 101, .step = 1h}));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::Invalid);
  landing.reset();
  EXPECT_TRUE(files_on_disk().empty());
}

TEST_F(FileLanderTest, TooManyHoursInASmallDeliveryAreRefusedToo) {
  auto lander = this->lander({.writers = {.hours_max = 100}});
  const auto done = land(*lander, "bad", {make_lake_rows({.rows = 101, .step = 1h})}).get();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::Invalid);
  ASSERT_TRUE(land(*lander, "good", {make_lake_rows()}).get());
  lander.reset();
  EXPECT_EQ(rows_in("alb"), 10u);
  EXPECT_FALSE(store_.get("outcome/bad")->has_value());
}

TEST_F(FileLanderTest, ALandingThatNobodyLandsLeavesNothing) {
  auto lander = this->lander({.shared_bytes_max = 1, .writers = {.buffered_bytes_max = 1}});
  auto landing = lander->open();
  ASSERT_TRUE(landing->add(TableName("alb"), make_lake_rows({.rows = 50, .step = 1h})));
  EXPECT_FALSE(files_on_disk().empty());
  landing.reset();
  EXPECT_TRUE(files_on_disk().empty());
  EXPECT_EQ(rows_in("alb"), 0u);
}

TEST_F(FileLanderTest, WithoutRowsTheOutcomeIsCommitted) {
  auto lander = this->lander();
  ASSERT_TRUE(land(*lander, "empty", {make_lake_rows({.rows = 0})}).get());
  EXPECT_TRUE(store_.get("outcome/empty")->has_value());
  EXPECT_TRUE(files_on_disk().empty());
}

TEST_F(FileLanderTest, ALostAcknowledgementLosesNoRows) {
  auto lander = this->lander();
  ASSERT_TRUE(land(*lander, "one", {make_lake_rows()}).get());
  log_.lossy = true;
  const auto done = land(*lander, "two", {make_lake_rows()}).get();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::Unavailable);
  EXPECT_EQ(rows_in("alb"), 20u) << "it had happened: the manifest looks again";
  log_.lossy = false;
  ASSERT_TRUE(land(*lander, "three", {make_lake_rows()}).get());
  EXPECT_EQ(rows_in("alb"), 30u);
  lander.reset();
  EXPECT_EQ(files_on_disk(), files_in_manifest());
}

TEST_F(FileLanderTest, AFullQueueSaysSo) {
  auto lander = this->lander({.queue_deliveries_max = 1, .flush_threads = 1});
  gated_.close_gate();
  auto first = land(*lander, "first", {make_lake_rows()});
  gated_.wait_for_one_inside();
  auto second = land(*lander, "second", {make_lake_rows()});
  const auto third = land(*lander, "third", {make_lake_rows()}).get();
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, Code::Exhausted);
  gated_.open_gate();
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
}

TEST_F(FileLanderTest, TheDestructorLandsWhatWaits) {
  std::vector<Durable> all;
  {
    auto lander = this->lander();
    for (int i = 0; i < 50; ++i) {
      all.push_back(land(*lander, std::to_string(i), {make_lake_rows()}));
    }
  }
  for (auto& future : all) {
    ASSERT_EQ(future.wait_for(0s), std::future_status::ready);
    EXPECT_TRUE(future.get());
  }
  EXPECT_EQ(rows_in("alb"), 500u);
}

TEST_F(FileLanderTest, TheSweepRemovesWhatNoTableNames) {
  {
    auto lander = this->lander();
    ASSERT_TRUE(land(*lander, "one", {make_lake_rows()}).get());
  }
  auto writer = files_->create("alb/date=2026-07-02/hour=22");
  ASSERT_TRUE((*writer)->write(make_lake_rows()));
  ASSERT_TRUE((*writer)->finish());
  auto orphan = files_->create("gone/date=2026-07-02/hour=22");
  ASSERT_TRUE((*orphan)->write(make_lake_rows()));
  ASSERT_TRUE((*orphan)->finish());
  std::ofstream(folder_ / "lake/alb/date=2026-07-02/hour=22/x.parquet.tmp") << "half";
  ASSERT_TRUE(
      files_->publish("alb/_delta_log/00000000000000000000.json", "{}", ports::IfExists::Fail));
  EXPECT_EQ(sweep(*files_, *manifest_)->files, 3u);
  auto left = files_in_manifest();
  left.insert("alb/_delta_log/00000000000000000000.json");
  EXPECT_EQ(files_on_disk(), left);
}

}  // namespace
}  // namespace sextant::lake
