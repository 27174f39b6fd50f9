#include "lake/manifest.h"

#include <arrow/type.h>

#include <functional>
#include <utility>

#include "tests/support/lake_fixture.h"

namespace sextant::lake {
namespace {

// Runs something once, between the reads of the store that a refresh is made of.
class HookedState final : public ports::StateStore {
 public:
  explicit HookedState(const ports::StateStore& inner) : inner_(inner) {}
  mutable std::function<void()> after_scan;

  Result<std::optional<ports::Entry>> get(std::string_view key) const override {
    return inner_.get(key);
  }
  Result<std::vector<ports::Entry>> scan(std::string_view prefix, std::string_view after,
                                         std::size_t limit) const override {
    auto entries = inner_.scan(prefix, after, limit);
    if (auto hook = std::exchange(after_scan, {})) hook();
    return entries;
  }

 private:
  const ports::StateStore& inner_;
};

class ManifestTest : public LakeTest {
 protected:
  using Changes = std::vector<TableChange>;

  // One file of one row, of which nothing but its name and schema matters.
  static Changes adds(const std::string& path, const TypePtr& type = arrow::int32(),
                      const std::string& table = "alb") {
    ports::LakeFile file;
    file.path = table + "/" + path;
    file.size = file.rows = 1;
    file.schema = arrow::schema({arrow::field("code", type)});
    return {{TableName(table), {std::make_shared<const ports::LakeFile>(std::move(file))}}};
  }
  // All files of a table but these become one.
  Changes merges(const std::string& path, const std::string& table = "alb") {
    auto changes = adds(path);
    changes.front().reason = store::LakeReason::Merged;
    changes.front().removed = *manifest_->stored(TableName(table), table);
    return changes;
  }
  ports::Batch batch_of(const Changes& changes) {
    ports::Batch batch;
    const auto added = manifest_->add_to(batch, changes, clock_.now());
    EXPECT_TRUE(added) << added.error().message;
    return batch;
  }
  // Makes it durable; the manifest does not hear of it.
  std::vector<std::uint64_t> store(ports::Batch batch) {
    auto done = ports::commit(store_, std::move(batch));
    EXPECT_TRUE(done) << done.error().message;
    return done ? done->sequences : std::vector<std::uint64_t>{};
  }
  void commit(const Changes& changes) { manifest_->committed(changes, store(batch_of(changes))); }
};

TEST_F(ManifestTest, ADoubtfulCommitIsSeenAsSoonAsTheStoreHasIt) {
  commit(adds("one"));
  const auto doubtful = adds("two");
  auto batch = batch_of(doubtful);
  manifest_->doubtful(doubtful);
  EXPECT_EQ(rows_in("alb"), 1u);  // a query before the store recovers
  store(std::move(batch));        // and finds it in its log
  EXPECT_EQ(rows_in("alb"), 2u);
  EXPECT_EQ(manifest_->tables()->at(0).rows, 2u);
  commit(adds("three"));
  EXPECT_EQ(rows_in("alb"), 3u);
}

TEST_F(ManifestTest, ADoubtThatComesWhileATableIsReadIsKept) {
  HookedState state(store_);
  manifest_ = std::move(*Manifest::open(scope_, state, store_));
  commit(adds("one"));
  const auto two = adds("two");
  const auto three = adds("three");
  manifest_->doubtful(two);
  store(batch_of(two));
  auto later = batch_of(three);
  state.after_scan = [&] { manifest_->doubtful(three); };
  EXPECT_EQ(rows_in("alb"), 2u);
  store(std::move(later));
  EXPECT_EQ(rows_in("alb"), 3u);
}

TEST_F(ManifestTest, ACommitBehindAGapShowsWhatLiesInIt) {
  commit(adds("one"));
  const auto lost = adds("two");
  manifest_->doubtful(lost);
  store(batch_of(lost));
  commit(adds("three"));
  EXPECT_EQ(rows_in("alb"), 3u);
  commit(adds("four"));
  EXPECT_EQ(rows_in("alb"), 4u);
}

TEST_F(ManifestTest, ADoubtfulFirstCommitMakesATable) {
  const auto first = adds("one");
  auto batch = batch_of(first);
  manifest_->doubtful(first);
  EXPECT_TRUE(manifest_->tables()->empty());
  store(std::move(batch));
  EXPECT_EQ(manifest_->tables()->size(), 1u);
}

TEST_F(ManifestTest, AMergeIsSeenWhollyHoweverItIsHeardOf) {
  enum class Heard { Told, DoubtedThenAsked, DoubtedThenAnother, AtStart };
  using enum Heard;
  int table_number = 0;
  for (const auto heard : {Told, DoubtedThenAsked, DoubtedThenAnother, AtStart}) {
    const auto round = std::to_string(table_number++);
    commit(adds(round + "a/one"));
    commit(adds(round + "a/two"));
    const auto rows = rows_in("alb");
    const auto merge = merges(round + "a/merged");
    auto batch = batch_of(merge);
    EXPECT_EQ(rows_in("alb"), rows);
    if (heard != Told) manifest_->doubtful(merge);
    const auto sequences = store(std::move(batch));
    if (heard == Told) manifest_->committed(merge, sequences);
    if (heard == DoubtedThenAnother) commit(adds(round + "a/three"));
    if (heard == AtStart) reopen();
    const std::uint64_t left = heard == DoubtedThenAnother ? 2 : 1;  // a merged file counts for one
    EXPECT_EQ(rows_in("alb"), left);
    EXPECT_EQ(manifest_->tables()->at(0).files, left);
    EXPECT_EQ(manifest_->tables()->at(0).rows, left);
    reopen();
    EXPECT_EQ(rows_in("alb"), left);
  }
}

TEST_F(ManifestTest, WhatLeftTheTableCannotLeaveItTwice) {
  commit(adds("one"));
  auto first = batch_of(merges("merged"));
  auto second = batch_of(merges("again"));
  ASSERT_TRUE(ports::commit(store_, std::move(first)));
  EXPECT_EQ(ports::commit(store_, std::move(second)).error().code, Code::Conflict);
}

TEST_F(ManifestTest, AFileIsHeldAsLongAsSomebodyHasIt) {
  commit(adds("one"));
  const TableName alb("alb");
  auto reading = *manifest_->find(alb);
  EXPECT_FALSE(manifest_->is_held(alb, "alb/one")) << "it is still in the table";
  commit(merges("merged"));
  EXPECT_TRUE(manifest_->is_held(alb, "alb/one"));
  manifest_->doubtful(Changes{{.table = alb, .files = {}}});
  EXPECT_EQ(rows_in("alb"), 1u);
  EXPECT_TRUE(manifest_->is_held(alb, "alb/one"));
  reading.reset();
  EXPECT_FALSE(manifest_->is_held(alb, "alb/one"));
}

// Both were judged before either was there. The node starts nevertheless, and goes on with the type
// that it went on with before.
TEST_F(ManifestTest, OfTwoFirstCommitsThatContradictEachOtherTheFirstKeepsTheName) {
  const std::pair<const char*, std::pair<TypePtr, TypePtr>> tables[] = {
      {"number_first", {arrow::int32(), arrow::utf8()}},
      {"text_first", {arrow::utf8(), arrow::int32()}},
  };
  for (const auto& [table, types] : tables) {
    const auto first = adds("one", types.first, table);
    const auto second = adds("two", types.second, table);
    auto batch = batch_of(first);
    auto contradiction = batch_of(second);
    manifest_->committed(first, store(std::move(batch)));
    manifest_->committed(second, store(std::move(contradiction)));
  }
  for (int start = 0; start < 3; ++start) {
    for (const auto& [table, types] : tables) {
      EXPECT_EQ(rows_in(table), 2u + static_cast<std::uint64_t>(start));
      const auto found = manifest_->find(TableName(table));
      ASSERT_TRUE(found && *found);
      EXPECT_TRUE((*found)->schema->field(0)->type()->Equals(types.first)) << table;
      ports::Batch batch;
      EXPECT_EQ(
          manifest_->add_to(batch, adds("no", types.second, table), clock_.now()).error().code,
          Code::Invalid);
      commit(adds("again" + std::to_string(start), types.first, table));
    }
    auto opened = Manifest::open(scope_, store_, store_);
    ASSERT_TRUE(opened) << opened.error().message;
    manifest_ = std::move(*opened);
  }
}

}  // namespace
}  // namespace sextant::lake
