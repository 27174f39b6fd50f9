#include "store/bodies.h"

#include <gtest/gtest.h>

#include <optional>

#include "adapters/memory/blob_store.h"
#include "adapters/memory/store.h"
#include "store/keys.h"

namespace sextant::store {
namespace {

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + i / 251);
  return bytes;
}

class Bodies : public testing::Test {
 protected:
  Bodies() { bodies.emplace(store, store, blobs); }

  StagedBody stage(std::string_view bytes, std::size_t piece = 10'000) {
    auto writer = bodies->write();
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size())))
      EXPECT_TRUE(writer.append(bytes.substr(0, piece)));
    auto staged = writer.finish();
    EXPECT_TRUE(staged);
    return staged.value_or(StagedBody{});
  }
  BodyRef add(std::string_view bytes, std::string_view referrer) {
    const auto staged = stage(bytes);
    ports::Batch batch;
    BodyStore::add(batch, staged, referrer);
    EXPECT_TRUE(ports::commit(store, std::move(batch)));
    return staged.ref;
  }
  void refer(const BodyRef& ref, std::string_view referrer) {
    ports::Batch batch;
    BodyStore::refer(batch, {ref}, referrer);
    EXPECT_TRUE(ports::commit(store, std::move(batch)));
  }
  void release(const BodyRef& ref, std::string_view referrer) {
    ports::Batch batch;
    BodyStore::release(batch, {ref}, referrer);
    EXPECT_TRUE(ports::commit(store, std::move(batch)));
    bodies->collect({ref});
  }
  // The collector works through what it was given before it ends.
  void wait_for_collector() { bodies.emplace(store, store, blobs); }

  std::string read(const std::vector<BodyRef>& refs) {
    auto reader = bodies->open(refs);
    if (!reader) return "(" + std::string(to_string(reader.error().code)) + ")";
    std::string bytes((*reader)->size(), '\0');
    const auto count = (*reader)->read_at(0, bytes);
    return count && *count == bytes.size() ? bytes : "(cut short)";
  }
  std::size_t stored() {
    return store.scan(keys::inline_body(""), "", 1'000)->size() +
           blobs.list(ports::BlobId(), 1'000)->size();
  }

  ManualClock clock{kNow};
  adapters::MemoryStore store{clock};
  adapters::MemoryBlobStore blobs;
  std::optional<BodyStore> bodies;
};

TEST_F(Bodies, AreInlineUpToTheLimitAndBlobsBeyond) {
  for (const std::size_t size : {0u, 1u, 65'535u, 65'536u, 65'537u, 200'000u}) {
    const auto bytes = pattern(size);
    for (const std::size_t piece : {1'000u, 65'536u, 300'000u}) {
      const auto staged = stage(bytes, piece);
      EXPECT_EQ(staged.ref.is_inline, size <= kInlineBytesMax) << size;
      EXPECT_EQ(staged.ref.size, size);
      ports::Batch batch;
      BodyStore::add(batch, staged, "o/b/k");
      ASSERT_TRUE(ports::commit(store, std::move(batch)));
      EXPECT_EQ(read({staged.ref}), bytes) << size;
    }
  }
}

TEST_F(Bodies, SeveralAreReadAsOneRange) {
  const auto first = pattern(70'000);
  const auto second = pattern(10);
  const auto third = pattern(100'000);
  const std::vector<BodyRef> parts{add(first, "a"), add(second, "a"), add("", "a"),
                                   add(third, "a")};
  const auto whole = first + second + third;
  EXPECT_EQ(read(parts), whole);
  const auto reader = *bodies->open(parts);
  for (const std::uint64_t offset : {0u, 69'999u, 70'000u, 70'005u, 70'010u, 170'009u, 170'010u}) {
    for (const std::size_t length : {0u, 1u, 12u, 100'000u}) {
      std::string into(length, '?');
      const auto count = reader->read_at(offset, into);
      ASSERT_TRUE(count);
      EXPECT_EQ(into.substr(0, *count), whole.substr(offset, length)) << offset << "+" << length;
    }
  }
}

TEST_F(Bodies, AStreamGivesTheRangeAskedFor) {
  const auto bytes = pattern(600'000);
  const auto ref = add(bytes, "a");
  auto body = make_body(*bodies->open({ref}), 5, 500'000);
  EXPECT_EQ(body->length(), 500'000u);
  EXPECT_EQ(read_all_blocking(std::move(body), 1 << 20), bytes.substr(5, 500'000));
  EXPECT_EQ(read_all_blocking(make_body(*bodies->open({ref}), 0, 0), 10), "");
}

TEST_F(Bodies, ABodyThatIsShorterThanItsRecordSaysIsCorrupt) {
  auto ref = add("abc", "a");
  ref.size = 4;
  const auto read = read_all_blocking(make_body(*bodies->open({ref}), 0, 4), 10);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::Corrupt);
}

TEST_F(Bodies, StayWhileAnybodyRefersToThem) {
  for (const std::size_t size : {10u, 100'000u}) {
    const auto bytes = pattern(size);
    const auto ref = add(bytes, "o/logs/key");
    refer(ref, "d/delivery");
    release(ref, "o/logs/key");  // the object is overwritten
    wait_for_collector();
    EXPECT_EQ(read({ref}), bytes);
    release(ref, "d/delivery");  // the delivery has its outcome
    wait_for_collector();
    EXPECT_EQ(read({ref}), "(" + std::string(to_string(Code::NotFound)) + ")");
  }
  EXPECT_EQ(stored(), 0u);
}

TEST_F(Bodies, CollectingWhatIsReferredToRemovesNothing) {
  const auto ref = add("abc", "a");
  bodies->collect({ref, ref});
  wait_for_collector();
  EXPECT_EQ(read({ref}), "abc");
}

TEST_F(Bodies, AnOpenOneIsReadToItsEndThoughRemoved) {
  const auto bytes = pattern(100'000);
  const auto ref = add(bytes, "a");
  const auto reader = *bodies->open({ref});
  release(ref, "a");
  wait_for_collector();
  std::string into(bytes.size(), '\0');
  EXPECT_EQ(reader->read_at(0, into), bytes.size());
  EXPECT_EQ(into, bytes);
}

TEST_F(Bodies, WhatACrashLeftIsSweptAndNothingElse) {
  const auto kept_inline = add("abc", "a");
  const auto kept_blob = add(pattern(100'000), "b");
  stage(pattern(100'000));  // staged; the process died before its batch
  const auto orphan = add("orphan", "c");
  ports::Batch batch;  // released; the process died before it was collected
  BodyStore::release(batch, {orphan}, "c");
  ASSERT_TRUE(ports::commit(store, std::move(batch)));
  EXPECT_EQ(stored(), 4u);
  EXPECT_EQ(bodies->sweep(), 2u);
  EXPECT_EQ(stored(), 2u);
  EXPECT_EQ(read({kept_inline}), "abc");
  EXPECT_EQ(read({kept_blob}), pattern(100'000));
  EXPECT_EQ(bodies->sweep(), 0u);
}

// Takes a few batches that nobody has waited for yet, as a committer's queue does, and then
// refuses.
class ShortQueue final : public ports::CommitLog {
 public:
  explicit ShortQueue(ports::CommitLog& inner) : inner_(inner) {}
  bool full = false;

  void submit(ports::Batch batch, OnDurable on_durable) override {
    if (full || ++batches_ > kBatchesMax)
      return on_durable(fail(Code::Exhausted, "the queue is full"));
    inner_.submit(std::move(batch), std::move(on_durable));
  }

 private:
  static constexpr int kBatchesMax = 10;
  ports::CommitLog& inner_;
  int batches_ = 0;
};

TEST_F(Bodies, TheSweepRemovesManyInlineBodiesAndCountsThoseThatAreGone) {
  for (int from = 0; from < 2'100;) {
    ports::Batch batch;
    for (int i = 0; i < 100; ++i, ++from)
      batch.puts.push_back({keys::inline_body("orphan" + std::to_string(from)), "x"});
    ASSERT_TRUE(ports::commit(store, std::move(batch)));
  }
  ShortQueue log(store);
  BodyStore swept(log, store, blobs);
  log.full = true;
  EXPECT_EQ(swept.sweep(), 0u);
  EXPECT_GT(stored(), 0u);
  log.full = false;
  EXPECT_EQ(swept.sweep(), 2'100u);
  EXPECT_EQ(stored(), 0u);
}

TEST_F(Bodies, TheSweepGoesThroughAllPages) {
  for (int i = 0; i < 2'100; ++i) stage(pattern(kInlineBytesMax + 1));
  EXPECT_EQ(bodies->sweep(), 2'100u);
  EXPECT_EQ(stored(), 0u);
}

}  // namespace
}  // namespace sextant::store
