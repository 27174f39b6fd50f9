#include "lake/delta_log.h"

#include <arrow/io/memory.h>
#include <parquet/arrow/reader.h>

#include <boost/json.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "core/json.h"
#include "core/strings.h"
#include "lake/delta_publisher.h"
#include "lake/merge_queue.h"
#include "tests/support/lake_fixture.h"

namespace sextant::lake {
namespace {

using test::make_lake_rows;

class DeltaLogTest : public LakeTest {
 protected:
  void land_one(const test::LakeRows& rows = {}) {
    auto lander = this->lander();
    ASSERT_TRUE(land(*lander, std::to_string(++landed_), {make_lake_rows(rows)}).get());
  }
  std::string published(const std::string& name) {
    return files_->published("alb/_delta_log/" + name).value_or("(none)");
  }
  std::vector<std::string> names() { return *files_->list("alb/_delta_log"); }
  // The values of a member of all actions of one kind in a version.
  std::vector<std::string> in_version(std::uint64_t version, const std::string& action,
                                      const std::string& member) {
    std::vector<std::string> values;
    const auto text = published(delta_file_name(version));
    for (const auto line : split(text, '\n')) {
      if (line.empty()) continue;
      const auto value = json::parse(line);
      EXPECT_TRUE(value) << line;
      const auto* body = json::find(value->as_object(), action);
      if (body == nullptr) continue;
      values.push_back(json::to_text(body->as_object().at(member)));
    }
    return values;
  }
  int landed_ = 0;
};

TEST_F(DeltaLogTest, TheFirstVersionSaysEverything) {
  land_one();
  DeltaLog log(delta_parts(), TableName("alb"));
  EXPECT_EQ(log.step(), true);
  EXPECT_EQ(log.step(), false);
  EXPECT_EQ(in_version(0, "protocol", "minReaderVersion"), std::vector<std::string>{"1"});
  EXPECT_EQ(in_version(0, "metaData", "partitionColumns"),
            std::vector<std::string>{R"(["date","hour"])"});
  EXPECT_EQ(in_version(0, "txn", "version"), std::vector<std::string>{"1"});
  EXPECT_EQ(in_version(0, "add", "partitionValues"),
            std::vector<std::string>{R"({"date":"2026-07-02","hour":"22"})"});
  const auto path = json::parse(in_version(0, "add", "path").at(0))->as_string();
  EXPECT_TRUE(files_in_manifest().contains("alb/" + std::string(path)));
  EXPECT_EQ(json::parse(in_version(0, "add", "stats").at(0))->as_string(),
            R"({"numRecords":10,"minValues":{"ts":"2026-07-02T22:23:00.000Z"},)"
            R"("maxValues":{"ts":"2026-07-02T22:23:00.009Z"},"nullCount":{}})");
  EXPECT_EQ(names(), std::vector<std::string>{"00000000000000000000.json"});
}

TEST_F(DeltaLogTest, ManyCommitsAreOneVersionAndNoneIsPublishedTwice) {
  for (int i = 0; i < 5; ++i) land_one();
  DeltaLog log(delta_parts(), TableName("alb"));
  EXPECT_EQ(log.step(), true);
  EXPECT_EQ(in_version(0, "add", "path").size(), 5u);
  land_one();
  DeltaLog another(delta_parts(), TableName("alb"));  // as after a restart
  EXPECT_EQ(another.step(), true);
  EXPECT_EQ(another.step(), false);
  EXPECT_EQ(in_version(1, "add", "path").size(), 1u);
  EXPECT_EQ(in_version(1, "txn", "version"), std::vector<std::string>{"6"});
  EXPECT_EQ(in_version(1, "protocol", "minReaderVersion").size(), 0u);
}

TEST_F(DeltaLogTest, AVersionThatSomebodyElseWroteIsSteppedOver) {
  land_one();
  DeltaLog log(delta_parts(), TableName("alb"));
  EXPECT_EQ(log.step(), true);
  ASSERT_TRUE(files_->publish("alb/_delta_log/" + delta_file_name(1),
                              R"({"commitInfo":{"operation":"OTHER"}})", ports::IfExists::Fail));
  land_one();
  EXPECT_EQ(log.step(), true) << "a conflict: look again";
  EXPECT_EQ(log.step(), true);
  EXPECT_EQ(log.step(), false);
  EXPECT_EQ(in_version(2, "add", "path").size(), 1u);
}

TEST(DeltaPosition, IsAWholeNumberOrUnknown) {
  const auto of = [](const std::string& version) {
    return delta_position(R"({"txn": {"appId": "sextant", "version": )" + version + "}}\n");
  };
  EXPECT_EQ(of("7"), 7u);
  for (const char* other : {"-1", "1.5", "1e300", "\"7\"", "null"})
    EXPECT_EQ(of(other), std::nullopt);
}

TEST_F(DeltaLogTest, AFlippedByteIsAnErrorThatNamesTheFile) {
  land_one();
  EXPECT_EQ(DeltaLog(delta_parts(), TableName("alb")).step(), true);
  land_one();
  EXPECT_EQ(DeltaLog(delta_parts(), TableName("alb")).step(), true);
  const auto path = "alb/_delta_log/" + delta_file_name(0);  // not the newest: readers need it too
  const auto whole = *files_->published(path);
  for (std::size_t at = 0; at < whole.size(); at += 7 + at / 50) {
    auto text = whole;
    text[at] = static_cast<char>(text[at] ^ (1 << at % 8));
    ASSERT_TRUE(files_->publish(path, text, ports::IfExists::Replace));
    const auto stepped = DeltaLog(delta_parts(), TableName("alb")).step();
    ASSERT_FALSE(stepped) << "byte " << at;
    EXPECT_EQ(stepped.error().code, Code::Corrupt);
    EXPECT_TRUE(stepped.error().message.contains(path)) << stepped.error().message;
  }
  ASSERT_TRUE(files_->publish(path, whole, ports::IfExists::Replace));
  EXPECT_EQ(DeltaLog(delta_parts(), TableName("alb")).step(), false);
}

TEST_F(DeltaLogTest, ANewColumnIsTold) {
  land_one();
  DeltaLog log(delta_parts(), TableName("alb"));
  EXPECT_EQ(log.step(), true);
  land_one();
  EXPECT_EQ(log.step(), true);
  EXPECT_TRUE(in_version(1, "metaData", "schemaString").empty());
  land_one({.extra_column = true});
  EXPECT_EQ(log.step(), true);
  const auto schemas = in_version(2, "metaData", "schemaString");
  ASSERT_EQ(schemas.size(), 1u);
  EXPECT_NE(schemas[0].find("user"), std::string::npos);
  EXPECT_EQ(in_version(0, "metaData", "id"), in_version(2, "metaData", "id"));
}

TEST_F(DeltaLogTest, CheckpointsKeepTheLogShort) {
  DeltaLog log(delta_parts(4), TableName("alb"));
  for (int i = 0; i < 13; ++i) {
    land_one();
    EXPECT_EQ(log.step(), true);
  }
  EXPECT_EQ(published("_last_checkpoint"), R"({"version":12,"size":16})");
  EXPECT_EQ(names().front(), "00000000000000000008.checkpoint.parquet");
  EXPECT_EQ(names().size(), 8u) << "two checkpoints, versions 8 to 12, and which is the last";
  const auto bytes = published(delta_checkpoint_name(12));
  auto reader = parquet::arrow::OpenFile(
                    std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)),
                    arrow::default_memory_pool())
                    .ValueOrDie();
  EXPECT_EQ(reader->ReadTable().ValueOrDie()->num_rows(), 13 + 3);
  DeltaLog again(delta_parts(4), TableName("alb"));
  EXPECT_EQ(again.step(), false);
}

class DeltaMergeTest : public DeltaLogTest {
 protected:
  // All files of the table become the first of them, under another name.
  void merge(const std::string& name, std::uint64_t rows = 0) {
    const auto table = *manifest_->find(TableName("alb"));
    auto file = *table->files.front();
    file.path = folder_of(file.path) + "/" + name;
    file.rows = 0;
    for (const auto& one : table->files) file.rows += one->rows;
    if (rows > 0) file.rows = rows;
    const TableChange change{
        .table = TableName("alb"),
        .files = {std::make_shared<const ports::LakeFile>(std::move(file))},
        .removed = *manifest_->stored(TableName("alb"), "alb/date=2026-07-02/hour=22"),
        .reason = store::LakeReason::Merged};
    ports::Batch batch;
    ASSERT_TRUE(manifest_->add_to(batch, {&change, 1}, clock_.now()));
    const auto done = ports::commit(store_, std::move(batch));
    ASSERT_TRUE(done);
    manifest_->committed({&change, 1}, done->sequences);
  }
  using Values = std::vector<std::string>;
};

TEST_F(DeltaMergeTest, AMergeIsAVersionOfItsOwnThatMovesRows) {
  land_one();
  land_one();
  merge("m1");
  land_one();
  merge("m2", 29);  // without one row that was there twice
  DeltaLog log(delta_parts(), TableName("alb"));
  while (*log.step()) {
  }
  EXPECT_EQ(names().size(), 4u);
  EXPECT_EQ(in_version(0, "add", "dataChange"), Values(2, "true"));
  EXPECT_EQ(in_version(1, "add", "dataChange"), Values{"false"});
  EXPECT_EQ(in_version(1, "remove", "dataChange"), Values(2, "false"));
  const auto sorted = [](Values values) {
    std::ranges::sort(values);
    return values;
  };
  EXPECT_EQ(sorted(in_version(1, "remove", "path")), sorted(in_version(0, "add", "path")));
  EXPECT_EQ(in_version(1, "commitInfo", "operation"), Values{R"("OPTIMIZE")"});
  EXPECT_EQ(in_version(2, "add", "dataChange"), Values{"true"});
  EXPECT_EQ(in_version(3, "add", "dataChange"), Values{"false"})
      << "its rows are all in the others";
  EXPECT_EQ(in_version(3, "remove", "dataChange"), Values(2, "true")) << "and of those one is gone";
  EXPECT_EQ(DeltaLog(delta_parts(), TableName("alb")).step(), false) << "the seals hold";
}

// Whatever the table becomes between a version and the checkpoint that follows it.
TEST_F(DeltaMergeTest, ACheckpointIsTheTableAtItsVersion) {
  for (int i = 0; i < 3; ++i) land_one();
  DeltaLog log(delta_parts(2), TableName("alb"));
  EXPECT_EQ(log.step(), true);  // version 0: three files
  land_one();
  EXPECT_EQ(log.step(), true);
  merge("m1");
  land_one();
  merge("m2");
  land_one();
  EXPECT_EQ(log.step(), true);  // version 2: m1, checkpointed while m2 and a file are there
  const auto bytes = published(delta_checkpoint_name(2));
  auto reader = parquet::arrow::OpenFile(
                    std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)),
                    arrow::default_memory_pool())
                    .ValueOrDie();
  const auto table = reader->ReadTable().ValueOrDie()->Flatten().ValueOrDie();
  const auto paths = [&](const std::string& column) {
    std::set<std::string> found;
    const auto values = table->GetColumnByName(column);
    for (int i = 0; i < values->length(); ++i) {
      const auto value = values->GetScalar(i).ValueOrDie();
      if (value->is_valid) found.insert(value->ToString().substr(value->ToString().rfind('/') + 1));
    }
    return found;
  };
  EXPECT_EQ(paths("add.path"), std::set<std::string>{"m1"});
  EXPECT_EQ(paths("remove.path").count("m1"), 0u);
  EXPECT_GE(paths("remove.path").size(), 4u);
}

TEST_F(DeltaLogTest, ThePublisherFollowsTheManifest) {
  land_one();
  {
    const auto publisher = DeltaPublisher::start(delta_parts(), metrics_);
    land_one();
    auto lander = this->lander();
    ASSERT_TRUE(land(*lander, "other", {make_lake_rows()}, "other").get());
    ASSERT_TRUE(publisher->flush());
    EXPECT_EQ(files_->list("other/_delta_log")->size(), 1u);
    land_one();
  }
  std::size_t added = 0;
  for (std::uint64_t version = 0; version < names().size(); ++version) {
    added += in_version(version, "add", "path").size();
  }
  EXPECT_EQ(added, 3u) << "its destructor published the last one";
}

// Time flies while the one thread that has this clock waits, up to a moment that the test names.
class FlyingClock final : public Clock {
 public:
  explicit FlyingClock(Time start) : now_(start), until_(start) {}
  Time now() const override {
    std::lock_guard lock(mutex_);
    return now_;
  }
  bool wait_until(Time when, std::stop_token stop) override {
    std::unique_lock lock(mutex_);
    const bool waited = moved_.wait(lock, stop, [&] {
      if (when <= until_ || stop.stop_requested()) return true;
      now_ = until_;
      arrived_ = true;
      moved_.notify_all();
      return false;
    });
    if (!waited || stop.stop_requested()) return false;
    now_ = std::max(now_, when);
    return true;
  }
  // Returns when everything has happened that does in this time.
  void fly(Duration by) {
    std::unique_lock lock(mutex_);
    until_ += by;
    arrived_ = false;
    moved_.notify_all();
    moved_.wait(lock, [&] { return arrived_; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any moved_;
  Time now_;
  Time until_;
  bool arrived_ = false;
};

TEST_F(DeltaLogTest, ADamagedLogIsTriedLessAndLessOftenAndRecovers) {
  land_one();
  ASSERT_EQ(DeltaLog(delta_parts(), TableName("alb")).step(), true);
  const auto path = "alb/_delta_log/" + delta_file_name(0);
  const auto whole = *files_->published(path);
  ASSERT_TRUE(files_->publish(path, "{}" + whole, ports::IfExists::Replace));

  FlyingClock clock(clock_.now());
  const DeltaParts parts{.scope = scope_,
                         .clock = clock,
                         .log = store_,
                         .state = store_,
                         .streams = store_,
                         .files = *files_,
                         .manifest = *manifest_};
  const auto& failures = metrics_.counter("sextant_lake_delta_failures_total", "");
  testing::internal::CaptureStderr();
  {
    const auto publisher = DeltaPublisher::start(parts, metrics_);
    clock.fly(std::chrono::hours(1));
    EXPECT_GE(failures.value(), 10u);
    EXPECT_LE(failures.value(), 21u) << "1 + 2 + … + 256 s, then every five minutes";
    const auto before = failures.value();
    land_one();
    clock.fly(std::chrono::seconds(1));
    EXPECT_EQ(failures.value(), before) << "what lands meanwhile does not make it any sooner";

    ASSERT_TRUE(files_->publish(path, whole, ports::IfExists::Replace));
    clock.fly(DeltaRetries::kLongest);
    EXPECT_EQ(failures.value(), before);
    EXPECT_EQ(in_version(1, "add", "path").size(), 1u) << "the thread published it by itself";
  }
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("Delta log not published"), std::string::npos) << said;
  EXPECT_EQ(said.find("Delta log not published"), said.rfind("Delta log not published")) << said;
}

TEST(DeltaSchema, EveryTypeHasItsName) {
  const auto schema = arrow::schema(
      {arrow::field("b", arrow::boolean()), arrow::field("i", arrow::int16()),
       arrow::field("u", arrow::uint32()), arrow::field("t", test::utc_micros()),
       arrow::field("s", arrow::struct_({arrow::field("l", arrow::list(arrow::utf8()))}))});
  EXPECT_EQ(delta_schema(schema),
            R"({"type":"struct","fields":[)"
            R"({"name":"b","type":"boolean","nullable":true,"metadata":{}},)"
            R"({"name":"i","type":"short","nullable":true,"metadata":{}},)"
            R"({"name":"u","type":"long","nullable":true,"metadata":{}},)"
            R"({"name":"t","type":"timestamp","nullable":true,"metadata":{}},)"
            R"({"name":"s","type":{"type":"struct","fields":[{"name":"l","type":{"type":"array",)"
            R"("elementType":"string","containsNull":true},"nullable":true,"metadata":{}}]},)"
            R"("nullable":true,"metadata":{}},)"
            R"({"name":"date","type":"date","nullable":true,"metadata":{}},)"
            R"({"name":"hour","type":"integer","nullable":true,"metadata":{}}]})");
  const auto strange = arrow::schema({arrow::field("x", arrow::duration(arrow::TimeUnit::MICRO))});
  EXPECT_EQ(delta_schema(strange).error().code, Code::Invalid);
}

}  // namespace
}  // namespace sextant::lake
