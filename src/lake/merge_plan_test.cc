#include "lake/merge_plan.h"

#include <gtest/gtest.h>

#include <string>

#include "lake/merge_queue.h"

namespace sextant::lake {
namespace {

using namespace std::chrono_literals;

constexpr MergeLimits kLimits{.file_bytes = 1'000, .files_min = 4, .files_max = 8, .quiet = 10min};
const Time kNow{std::chrono::hours(500'000)};

// Files of these sizes; all came just now, or long ago.
std::vector<StoredFile> files_of(const std::vector<std::uint64_t>& sizes, Time created) {
  std::vector<StoredFile> files;
  for (const auto size : sizes) {
    store::LakeFileRecord record;
    record.path = "alb/date=d/hour=1/" + std::to_string(files.size());
    record.size = size;
    record.created = created;
    files.push_back({.record = std::move(record), .version = 1});
  }
  return files;
}

TEST(MergePlan, WhatIsMergedWhen) {
  struct Case {
    const char* what;
    std::vector<std::uint64_t> sizes;
    bool at_rest;
    std::vector<std::uint64_t> merged;
  };
  const Case cases[] = {
      {"none", {}, true, {}},
      {"one file", {10}, true, {}},
      {"few while the partition grows", {10, 10, 10}, false, {}},
      {"few at rest", {10, 10}, true, {10, 10}},
      {"enough while it grows", {10, 10, 10, 10}, false, {10, 10, 10, 10}},
      {"a larger one is left out while it grows", {10, 10, 10, 10, 90}, false, {10, 10, 10, 10}},
      {"one like the others together is not", {10, 10, 10, 30}, false, {10, 10, 10, 30}},
      {"nor do smaller ones keep others back", {1, 2, 10, 11, 12, 13}, false, {10, 11, 12, 13}},
      {"at rest it may be eight times as large", {10, 10, 160}, true, {10, 10, 160}},
      {"and not more", {10, 161}, true, {}},
      {"not beyond a file's size", {400, 400, 400}, true, {400, 400}},
      {"what is large enough stays", {500, 600, 10}, true, {}},
      {"at most so many at a time",
       {1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
       false,
       {1, 1, 1, 1, 1, 1, 1, 1}},
  };
  for (const auto& each : cases) {
    const auto created = each.at_rest ? kNow - kLimits.quiet : kNow - kLimits.quiet + 1us;
    std::vector<std::uint64_t> merged;
    for (const auto& file : plan_merge(files_of(each.sizes, created), kNow, kLimits)) {
      merged.push_back(file.record.size);
    }
    EXPECT_EQ(merged, each.merged) << each.what;
  }
}

// Each byte is written a few times, not once for each file that comes.
TEST(MergePlan, WhatIsWrittenAnewStaysInProportion) {
  constexpr MergeLimits kReal;
  std::vector<StoredFile> files;
  std::uint64_t landed = 0;
  std::uint64_t written = 0;
  constexpr std::uint64_t kBytes = 50'000;
  for (int i = 0; i < 10'000; ++i) {
    files.push_back(files_of({kBytes}, kNow).front());
    files.back().record.path = std::to_string(i);
    landed += kBytes;
    const auto merged = plan_merge(files, kNow, kReal);
    if (merged.empty()) continue;
    std::uint64_t sum = 0;
    for (const auto& one : merged) {
      sum += one.record.size;
      std::erase_if(files, [&](const auto& f) { return f.record.path == one.record.path; });
    }
    written += sum;
    files.push_back(files_of({sum}, kNow).front());
    files.back().record.path = "m" + std::to_string(i);
  }
  EXPECT_LT(written, 6 * landed);
  EXPECT_LT(files.size(), 40u);
}

TEST(MergeQueue, PartitionsWithManyFilesGoFirst) {
  MergeQueue queue(kLimits);
  const Partition old{TableName("alb"), "alb/old"};
  const Partition present{TableName("alb"), "alb/present"};
  EXPECT_FALSE(queue.next_due());
  EXPECT_TRUE(queue.added(old, 1, kNow)) << "the first one sets the clock";
  EXPECT_EQ(queue.next_due(), kNow + kLimits.quiet);
  EXPECT_FALSE(queue.take(kNow));
  EXPECT_FALSE(queue.added(present, 3, kNow + 1min));
  EXPECT_TRUE(queue.added(present, 1, kNow + 2min)) << "enough";
  EXPECT_FALSE(queue.added(present, 1, kNow + 2min)) << "that was said";
  EXPECT_EQ(queue.take(kNow + 20min), present);
  EXPECT_EQ(queue.take(kNow + 20min), old);
  EXPECT_FALSE(queue.take(kNow + 20min));
}

TEST(MergeQueue, EveryFileThatComesPutsOffTheLook) {
  MergeQueue queue(kLimits);
  const Partition one{TableName("alb"), "alb/one"};
  queue.added(one, 1, kNow);
  queue.added(one, 1, kNow + 9min);
  EXPECT_FALSE(queue.take(kNow + 11min));
  queue.look_at(one, kNow + 12min);
  EXPECT_EQ(queue.take(kNow + 12min), one);
}

}  // namespace
}  // namespace sextant::lake
