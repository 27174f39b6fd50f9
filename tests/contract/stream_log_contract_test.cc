// links: adapters
// What every StreamLog does: ports/stream_log.h.
#include "ports/stream_log.h"

#include <atomic>
#include <future>
#include <thread>

#include "tests/contract/store_traits.h"

namespace sextant::contract {
namespace {

using ports::StreamRecord;

template <typename Traits>
class StreamLogContract : public StoreContract<Traits> {
 protected:
  std::uint64_t append(std::string stream, std::string payload, bool chained = false) {
    auto done = this->commit({.appends = {{std::move(stream), std::move(payload), chained}}});
    EXPECT_TRUE(done) << done.error().message;
    return done ? done->sequences.front() : 0;
  }
  std::vector<StreamRecord> records(std::string_view stream, std::uint64_t from,
                                    std::size_t records_max = 1'000,
                                    std::size_t bytes_max = 1 << 20) {
    auto found = this->store().read(stream, from, records_max, bytes_max);
    EXPECT_TRUE(found) << found.error().message;
    return found ? std::move(*found) : std::vector<StreamRecord>{};
  }
  Code read_error(std::string_view stream, std::uint64_t from) {
    auto found = this->store().read(stream, from, 10, 1'000);
    return found ? Code::Invalid : found.error().code;
  }
  // A commit is told after every earlier trim and wake was handled.
  void settle() { EXPECT_TRUE(this->commit({})); }
};
TYPED_TEST_SUITE(StreamLogContract, AllStores);

TYPED_TEST(StreamLogContract, SequencesStartAtOneWithoutGaps) {
  EXPECT_EQ(this->store().next_sequence("s"), 1u);
  for (std::uint64_t i = 1; i <= 5; ++i) EXPECT_EQ(this->append("s", std::to_string(i)), i);
  EXPECT_EQ(this->append("t", "other"), 1u);
  EXPECT_EQ(this->store().next_sequence("s"), 6u);
  const auto all = this->records("s", 1);
  ASSERT_EQ(all.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(all[i].sequence, i + 1);
    EXPECT_EQ(all[i].payload, std::to_string(i + 1));
  }
  EXPECT_EQ(this->records("s", 4).size(), 2u);
}

TYPED_TEST(StreamLogContract, TheEndIsEmpty) {
  EXPECT_TRUE(this->records("never", 1).empty());
  EXPECT_TRUE(this->records("never", 100).empty());
  this->append("s", "x");
  EXPECT_TRUE(this->records("s", 2).empty());
  EXPECT_TRUE(this->records("s", 100).empty());
}

// A stream's name may be the beginning of another's, whatever bytes follow.
TYPED_TEST(StreamLogContract, StreamsDoNotMix) {
  const std::vector<std::string> names = {"a", "ab", std::string("a\0", 2), "a\xff",
                                          std::string("a\0\0\0\0\0\0\0\1", 9)};
  for (const auto& name : names) {
    for (int i = 0; i < 3; ++i) this->append(name, name);
  }
  for (const auto& name : names) {
    const auto found = this->records(name, 1);
    ASSERT_EQ(found.size(), 3u);
    for (const auto& record : found) EXPECT_EQ(record.payload, name);
  }
}

TYPED_TEST(StreamLogContract, ReadsAreBoundedButNeverStuck) {
  for (int i = 0; i < 10; ++i) this->append("s", std::string(100, 'x'));
  EXPECT_EQ(this->records("s", 1, 3).size(), 3u);
  EXPECT_EQ(this->records("s", 1, 1'000, 250).size(), 2u);
  EXPECT_EQ(this->records("s", 1, 1'000, 1).size(), 1u);
  EXPECT_EQ(this->records("s", 1, 0).size(), 0u);
}

TYPED_TEST(StreamLogContract, ChainedRecordsCoverTheOneBefore) {
  Sha256Digest expected = {};
  for (const std::string payload : {"one", "two", "three"}) {
    this->append("audit", payload, true);
    this->append("other", payload, true);
    expected = ports::chain_hash(expected, payload);
  }
  this->append("audit", "not chained");
  this->append("audit", "four", true);
  const auto found = this->records("audit", 1);
  ASSERT_EQ(found.size(), 5u);
  EXPECT_EQ(found[2].chain, expected);
  EXPECT_EQ(found[3].chain, Sha256Digest{});
  EXPECT_EQ(found[4].chain, ports::chain_hash(expected, "four"));
}

TYPED_TEST(StreamLogContract, SeveralChainedAppendsOfOneBatchAreAChain) {
  ASSERT_TRUE(this->commit({.appends = {{"audit", "one", true}, {"audit", "two", true}}}));
  const auto found = this->records("audit", 1);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].chain, ports::chain_hash(found[0].chain, "two"));
}

TYPED_TEST(StreamLogContract, ARefusedBatchLeavesNoGapAndNoLink) {
  this->append("audit", "one", true);
  EXPECT_FALSE(this->commit({.conditions = {{"absent", 7}}, .appends = {{"audit", "no", true}}}));
  EXPECT_EQ(this->append("audit", "two", true), 2u);
  const auto found = this->records("audit", 1);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].chain, ports::chain_hash(found[0].chain, "two"));
}

TYPED_TEST(StreamLogContract, TrimForgetsButSequencesGoOn) {
  for (int i = 0; i < 5; ++i) this->append("s", std::to_string(i), true);
  const auto last = this->records("s", 5).at(0).chain;
  ASSERT_TRUE(this->store().trim("s", 3));
  this->settle();
  EXPECT_EQ(this->read_error("s", 2), Code::NotFound);
  EXPECT_EQ(this->records("s", 3).size(), 3u);
  ASSERT_TRUE(this->store().trim("s", 2));  // backwards: nothing
  ASSERT_TRUE(this->store().trim("s", 1'000));
  ASSERT_TRUE(this->store().trim("never", 10));
  this->settle();
  EXPECT_EQ(this->read_error("s", 5), Code::NotFound);
  EXPECT_TRUE(this->records("s", 6).empty());
  EXPECT_EQ(this->store().next_sequence("s"), 6u);
  EXPECT_EQ(this->store().next_sequence("never"), 1u);
  EXPECT_EQ(this->append("s", "next", true), 6u);
  EXPECT_EQ(this->records("s", 6).at(0).chain, ports::chain_hash(last, "next"));
}

TYPED_TEST(StreamLogContract, StreamsAndTrimsOutliveTheStore) {
  if constexpr (TypeParam::kDurable) {
    for (int i = 0; i < 5; ++i) this->append("s", std::to_string(i), true);
    ASSERT_TRUE(this->store().trim("s", 6));
    this->settle();
    this->reopen();
    EXPECT_EQ(this->store().next_sequence("s"), 6u);
    EXPECT_EQ(this->read_error("s", 5), Code::NotFound);
    Sha256Digest chain = {};
    for (int i = 0; i < 5; ++i) chain = ports::chain_hash(chain, std::to_string(i));
    EXPECT_EQ(this->append("s", "5", true), 6u);
    EXPECT_EQ(this->records("s", 6).at(0).chain, ports::chain_hash(chain, "5"));
  }
}

TYPED_TEST(StreamLogContract, AWaitEndsWhenItsRecordIsThere) {
  std::atomic<int> woken = 0;
  this->store().wait("s", 2, [&] { ++woken; });
  this->append("s", "1");
  this->append("t", "1");
  this->append("t", "2");
  this->settle();
  EXPECT_EQ(woken, 0);
  this->append("s", "2");
  this->append("s", "3");
  this->settle();
  EXPECT_EQ(woken, 1);  // once
}

TYPED_TEST(StreamLogContract, AWaitForWhatIsThereEndsAtOnce) {
  this->append("s", "1");
  std::promise<void> woken;
  this->store().wait("s", 1, [&] { woken.set_value(); });
  woken.get_future().wait();
}

TYPED_TEST(StreamLogContract, AWakeReadsTheRecordAndMayWaitAgain) {
  std::promise<std::string> second;
  this->store().wait("s", 1, [&] {
    const auto found = this->records("s", 1);
    this->store().wait("s", 2, [&, count = found.size()] {
      second.set_value(std::to_string(count) + this->records("s", 2).at(0).payload);
    });
  });
  this->append("s", "one");
  this->append("s", "two");
  EXPECT_EQ(second.get_future().get(), "1two");
}

TYPED_TEST(StreamLogContract, ConcurrentAppendersShareOneSequence) {
  constexpr int kThreads = 4;
  constexpr int kTimes = 50;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < kTimes; ++i) this->append("s", "x", true);
      });
    }
  }
  const auto found = this->records("s", 1);
  ASSERT_EQ(found.size(), kThreads * kTimes + 0u);
  Sha256Digest chain = {};
  for (const auto& record : found) {
    chain = ports::chain_hash(chain, record.payload);
    ASSERT_EQ(record.chain, chain);
  }
}

}  // namespace
}  // namespace sextant::contract
