// links: adapters
// What every CommitLog does: ports/commit.h.
#include <algorithm>
#include <future>
#include <latch>
#include <mutex>
#include <thread>

#include "tests/contract/store_traits.h"

namespace sextant::contract {
namespace {

using ports::Batch;
using ports::Committed;
using ports::Condition;

template <typename Traits>
class CommitLogContract : public StoreContract<Traits> {};
TYPED_TEST_SUITE(CommitLogContract, AllStores);

TYPED_TEST(CommitLogContract, ABatchPutsErasesAndAppendsAtOnce) {
  ASSERT_TRUE(this->put("old", "1"));
  auto done = this->commit({.puts = {{"a", "1"}, {"b", "2"}},
                            .erases = {"old", "never-there"},
                            .appends = {{"s", "x"}, {"s", "y"}, {"t", "z"}}});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(this->value("a"), "1");
  EXPECT_EQ(this->value("b"), "2");
  EXPECT_EQ(this->value("old"), "(absent)");
  EXPECT_EQ(done->sequences, (std::vector<std::uint64_t>{1, 2, 1}));
  EXPECT_EQ(this->get("a")->version, done->version);
  EXPECT_EQ(this->get("b")->version, done->version);
}

TYPED_TEST(CommitLogContract, VersionsGrowWithEveryCommit) {
  std::uint64_t last = 0;
  for (int i = 0; i < 20; ++i) {
    auto done = this->put("k", std::to_string(i));
    ASSERT_TRUE(done);
    EXPECT_GT(done->version, last);
    last = done->version;
  }
}

TYPED_TEST(CommitLogContract, ErasesComeBeforePutsAndTheLaterPutWins) {
  ASSERT_TRUE(this->commit({.puts = {{"k", "first"}, {"k", "second"}}, .erases = {"k"}}));
  EXPECT_EQ(this->value("k"), "second");
}

TYPED_TEST(CommitLogContract, AnEmptyBatchIsACommit) { EXPECT_TRUE(this->commit({})); }

TYPED_TEST(CommitLogContract, ConditionsHoldOrNothingHappens) {
  const std::uint64_t version = this->put("k", "1")->version;
  const auto attempt = [&](const std::vector<Condition>& conditions) {
    return this->commit({.conditions = conditions,
                         .puts = {{"other", "touched"}},
                         .erases = {"k"},
                         .appends = {{"s", "touched"}}});
  };
  for (auto& wrong :
       std::vector<std::vector<Condition>>{{{"k", version + 1}},   // another version
                                           {{"k", std::nullopt}},  // present, not absent
                                           {{"absent", version}},  // absent, not present
                                           {{"absent", std::nullopt}, {"k", 0}}}) {  // one of two
    auto done = attempt(wrong);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::Conflict);
  }
  EXPECT_EQ(this->value("other"), "(absent)");
  EXPECT_EQ(this->value("k"), "1");
  EXPECT_EQ(this->store().next_sequence("s"), 1u);
  EXPECT_TRUE(attempt({{"k", version}, {"absent", std::nullopt}}));
  EXPECT_EQ(this->value("other"), "touched");
}

TYPED_TEST(CommitLogContract, AFenceLetsOnlyTheOwnerWrite) {
  const std::uint64_t epoch = this->put("lease", "node-1")->version;
  const auto write = [&](std::uint64_t at) {
    return this->commit({.puts = {{"k", std::to_string(at)}}, .fence = ports::Fence{"lease", at}});
  };
  ASSERT_TRUE(write(epoch));
  const std::uint64_t taken_over = this->put("lease", "node-2")->version;
  EXPECT_EQ(write(epoch).error().code, Code::Conflict);
  EXPECT_TRUE(write(taken_over));
  ASSERT_TRUE(this->commit({.erases = {"lease"}}));
  EXPECT_EQ(write(taken_over).error().code, Code::Conflict);
}

TYPED_TEST(CommitLogContract, LimitsAreInvalidAndTheLimitItselfIsNot) {
  const std::string key_max(ports::kKeyBytesMax, 'k');
  const std::string value_max(ports::kValueBytesMax, 'v');
  EXPECT_TRUE(this->commit({.puts = {{key_max, value_max}}, .appends = {{key_max, value_max}}}));
  EXPECT_EQ(this->get(key_max)->value.size(), value_max.size());
  Batch too_large;
  for (std::size_t i = 0; i <= ports::kBatchBytesMax / ports::kValueBytesMax; ++i)
    too_large.appends.push_back({"s", value_max});
  for (const Batch& batch : std::vector<Batch>{
           {.conditions = {{key_max + "k"}}},
           {.puts = {{key_max + "k", ""}}},
           {.puts = {{"", "v"}}},
           {.puts = {{"k", value_max + "v"}}},
           {.erases = {""}},
           {.appends = {{"", "v"}}},
           {.appends = {{"s", value_max + "v"}}},
           too_large,
       }) {
    auto done = this->commit(batch);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::Invalid) << done.error().message;
  }
  EXPECT_EQ(this->store().next_sequence("s"), 1u);
}

TYPED_TEST(CommitLogContract, WhatIsToldIsVisible) {
  std::promise<std::string> seen;
  this->store().submit({.puts = {{"k", "told"}}}, [&](Result<Committed> done) {
    seen.set_value(done ? this->value("k") : done.error().message);
  });
  EXPECT_EQ(seen.get_future().get(), "told");
}

TYPED_TEST(CommitLogContract, OneThreadsBatchesAreAppliedAndToldInOrder) {
  constexpr int kBatches = 500;
  std::vector<std::uint64_t> versions;
  std::promise<void> all;
  for (int i = 0; i < kBatches; ++i) {
    this->store().submit({.puts = {{"k", std::to_string(i)}}, .appends = {{"s", "x"}}},
                         [&](Result<Committed> done) {
                           versions.push_back(done ? done->version : 0);
                           if (versions.size() == kBatches) all.set_value();
                         });
  }
  all.get_future().wait();
  EXPECT_TRUE(std::ranges::is_sorted(versions, std::less_equal{}));
  EXPECT_EQ(this->value("k"), std::to_string(kBatches - 1));
  EXPECT_EQ(this->store().next_sequence("s"), kBatches + 1u);
}

TYPED_TEST(CommitLogContract, ACallbackMaySubmit) {
  std::promise<std::string> chained;
  this->store().submit({.puts = {{"first", "1"}}}, [&](Result<Committed>) {
    this->store().submit({.puts = {{"second", "2"}}},
                         [&](Result<Committed>) { chained.set_value(this->value("second")); });
  });
  EXPECT_EQ(chained.get_future().get(), "2");
}

// 8 threads add one to the same key, each time on the version that they read: nothing is lost.
TYPED_TEST(CommitLogContract, RacingConditionsHaveOneWinnerEach) {
  constexpr int kThreads = 8;
  constexpr int kTimes = 25;
  ASSERT_TRUE(this->put("n", "0"));
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kTimes;) {
        auto entry = this->get("n");
        ASSERT_TRUE(entry);
        auto done = this->commit({.conditions = {{"n", entry->version}},
                                  .puts = {{"n", std::to_string(std::stoi(entry->value) + 1)}}});
        i += done ? 1 : 0;
        ASSERT_TRUE(done || done.error().code == Code::Conflict);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(this->value("n"), std::to_string(kThreads * kTimes));
}

TYPED_TEST(CommitLogContract, ConflictsAmongBatchesInFlightAreSeen) {
  constexpr int kBatches = 64;
  std::latch told(kBatches);
  std::atomic<int> winners = 0;
  for (int i = 0; i < kBatches; ++i) {
    this->store().submit({.conditions = {{"once"}}, .puts = {{"once", std::to_string(i)}}},
                         [&](Result<Committed> done) {
                           winners += done ? 1 : 0;
                           told.count_down();
                         });
  }
  told.wait();
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(this->value("once"), "0");
}

TYPED_TEST(CommitLogContract, ErasedKeysAreAbsentForLaterBatchesInFlight) {
  std::promise<Result<Committed>> last;
  this->store().submit({.puts = {{"k", "1"}}}, [](Result<Committed>) {});
  this->store().submit({.erases = {"k"}}, [](Result<Committed>) {});
  this->store().submit({.conditions = {{"k"}}, .puts = {{"k", "2"}}},
                       [&](Result<Committed> done) { last.set_value(std::move(done)); });
  EXPECT_TRUE(last.get_future().get());
  EXPECT_EQ(this->value("k"), "2");
}

TYPED_TEST(CommitLogContract, CommittedBatchesAndVersionsOutliveTheStore) {
  if constexpr (TypeParam::kDurable) {
    const auto before = this->commit({.puts = {{"k", "v"}}, .appends = {{"s", "x"}}});
    ASSERT_TRUE(before);
    this->reopen();
    EXPECT_EQ(this->value("k"), "v");
    EXPECT_EQ(this->get("k")->version, before->version);
    const auto after = this->commit({.puts = {{"k", "w"}}, .appends = {{"s", "y"}}});
    ASSERT_TRUE(after);
    EXPECT_GT(after->version, before->version);
    EXPECT_EQ(after->sequences, (std::vector<std::uint64_t>{2}));
  }
}

}  // namespace
}  // namespace sextant::contract
