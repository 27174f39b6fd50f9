#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <string>

#include "adapters/faulty/blob_store.h"
#include "adapters/faulty/sink.h"
#include "adapters/faulty/store.h"
#include "adapters/memory/blob_store.h"
#include "adapters/memory/sink.h"
#include "adapters/memory/store.h"
#include "tests/support/seed.h"

namespace sextant::adapters {
namespace {

class FaultyTest : public testing::Test {
 protected:
  Faults faults(FaultOdds odds) { return Faults(test::seed(7), odds, clock_); }

  SystemClock clock_;
  MemoryStore store_{clock_};
};

TEST_F(FaultyTest, WithoutOddsNothingChanges) {
  Faults none = faults({});
  FaultyCommitLog log(store_, none, clock_);
  FaultyStateStore state(store_, none);
  FaultyStreamLog streams(store_, none);
  ASSERT_TRUE(ports::commit(log, {.puts = {{"k", "v"}}, .appends = {{"s", "r"}}}));
  EXPECT_EQ(state.get("k").value()->value, "v");
  EXPECT_EQ(state.scan("", "", 10)->size(), 1u);
  EXPECT_EQ(streams.read("s", 1, 10, 100)->size(), 1u);
  EXPECT_EQ(streams.next_sequence("s"), 2u);
  EXPECT_TRUE(streams.trim("s", 2));
  std::promise<void> woken;
  streams.wait("s", 1, [&] { woken.set_value(); });
  woken.get_future().wait();
  EXPECT_EQ(ports::commit(log, {.puts = {{"", "v"}}}).error().code, Code::Invalid);
}

TEST_F(FaultyTest, AnErrorMeansThatNothingHappened) {
  for (const auto& [odds, code] : {std::pair{FaultOdds{.error = 1}, Code::Unavailable},
                                   std::pair{FaultOdds{.full = 1}, Code::Exhausted}}) {
    Faults always = faults(odds);
    FaultyCommitLog log(store_, always, clock_);
    EXPECT_EQ(ports::commit(log, {.puts = {{"k", "v"}}}).error().code, code);
    EXPECT_FALSE(store_.get("k").value());
  }
}

TEST_F(FaultyTest, ALostAcknowledgementMeansThatItHappened) {
  Faults lost = faults({.lost_acknowledgement = 1});
  FaultyCommitLog log(store_, lost, clock_);
  EXPECT_EQ(ports::commit(log, {.puts = {{"k", "v"}}}).error().code, Code::Unavailable);
  EXPECT_EQ(store_.get("k").value()->value, "v");
}

TEST_F(FaultyTest, OddsStrikeAboutAsOftenAsTheySayAndTheSameWithTheSameSeed) {
  std::vector<bool> runs[2];
  for (auto& outcomes : runs) {
    Faults half(42, {.error = 0.5}, clock_);
    for (int i = 0; i < 1'000; ++i)
      outcomes.push_back(half.before("try", Faults::Access::Read).has_value());
  }
  EXPECT_EQ(runs[0], runs[1]);
  const auto passed = std::ranges::count(runs[0], true);
  EXPECT_GT(passed, 400);
  EXPECT_LT(passed, 600);
}

TEST_F(FaultyTest, LateAnswersComeInOrderAndExactlyOnce) {
  Faults late = faults({.error = 0.2,
                        .lost_acknowledgement = 0.2,
                        .delay = 0.5,
                        .delay_max = std::chrono::microseconds(50)});
  constexpr int kBatches = 300;
  std::vector<int> told;
  int happened = 0;
  {
    FaultyCommitLog log(store_, late, clock_);
    for (int i = 0; i < kBatches; ++i) {
      log.submit({.puts = {{"k/" + std::to_string(i), ""}}},
                 [&told, i](auto) { told.push_back(i); });
    }
  }
  ASSERT_EQ(told.size(), static_cast<std::size_t>(kBatches));
  EXPECT_TRUE(std::ranges::is_sorted(told));
  happened = static_cast<int>(store_.scan("k/", "", 1'000)->size());
  EXPECT_GT(happened, kBatches / 2);
  EXPECT_LT(happened, kBatches);
}

TEST_F(FaultyTest, BlobsFailAndLoseAcknowledgements) {
  MemoryBlobStore blobs;
  Faults sometimes = faults({});
  FaultyBlobStore faulty(blobs, sometimes);
  auto writer = faulty.create();
  ASSERT_TRUE(writer);
  sometimes.set({.full = 1});
  EXPECT_EQ((*writer)->append("x").error().code, Code::Exhausted);
  EXPECT_EQ(faulty.create().error().code, Code::Exhausted);
  sometimes.set({.lost_acknowledgement = 1});
  ASSERT_TRUE((*writer)->append("x"));
  EXPECT_EQ((*writer)->finish().error().code, Code::Unavailable);
  const auto ids = faulty.list({}, 10);
  ASSERT_TRUE(ids);
  ASSERT_EQ(ids->size(), 1u);  // it happened
  auto reader = faulty.open(ids->front());
  ASSERT_TRUE(reader);
  sometimes.set({.error = 1});
  char byte = 0;
  EXPECT_EQ((*reader)->read_at(0, {&byte, 1}).error().code, Code::Unavailable);
  EXPECT_EQ(faulty.open(ids->front()).error().code, Code::Unavailable);
  EXPECT_EQ(faulty.remove(ids->front()).error().code, Code::Unavailable);
  sometimes.set({});
  EXPECT_TRUE(faulty.remove(ids->front()));
}

TEST_F(FaultyTest, ASinkRefusesSomeDocumentsOfACallAndRepeatingBringsAllIn) {
  MemorySink sink;
  Faults sometimes = faults({.full = 0.3, .lost_acknowledgement = 0.3});
  FaultySink faulty(sink, sometimes);
  std::vector<ports::Document> documents;
  for (int i = 0; i < 50; ++i) documents.push_back({std::to_string(i), "{}"});
  documents[7].json = "not JSON";
  bool some_refused = false;
  for (int round = 0; round < 200 && sink.count("logs") != 49u; ++round) {
    const auto report = faulty.put("logs", documents);
    if (!report) continue;
    EXPECT_EQ(report->created + report->existing + report->refused.size(), 50u);
    for (const auto& refused : report->refused) {
      some_refused = some_refused || refused.error.code == Code::Exhausted;
      EXPECT_TRUE(refused.error.code != Code::Invalid || refused.position == 7u);
    }
  }
  EXPECT_TRUE(some_refused);
  EXPECT_EQ(sink.count("logs"), 49u);
  sometimes.set({.error = 1});
  EXPECT_EQ(faulty.get("logs", "1").error().code, Code::Unavailable);
  EXPECT_EQ(faulty.count("logs").error().code, Code::Unavailable);
}

}  // namespace
}  // namespace sextant::adapters
