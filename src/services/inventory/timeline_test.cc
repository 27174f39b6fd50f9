#include "services/inventory/timeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/encoding.h"

namespace sextant::services::inventory {
namespace {

Time at(int minutes) { return Time(std::chrono::minutes(minutes)); }

sdk::Asset instance(const std::string& id, const std::string& name) {
  return {.type = sdk::AssetType::Instance, .id = id, .name = name};
}

sdk::InventorySnapshot snapshot(int minutes, std::vector<sdk::Asset> assets,
                                const std::string& version = "1") {
  return {.series = "s", .time = at(minutes), .version = version, .assets = std::move(assets)};
}

// "i-1 a 0-10, i-1 b 10-, …"
std::string told(const Timeline& timeline) {
  std::string text;
  for (const auto& [id, versions] : timeline.versions()) {
    for (const auto& each : versions) {
      const auto minutes = [](Time time) {
        return std::to_string(
            std::chrono::duration_cast<std::chrono::minutes>(time.time_since_epoch()).count());
      };
      text += (text.empty() ? "" : ", ") + id + " " + each.asset->name + " " +
              minutes(timeline.began(each)) + "-" + (each.to ? minutes(each.to->time) : "");
    }
  }
  return text;
}

TEST(Timeline, AThingIsAsASnapshotTellsItUntilAnotherTellsOtherwise) {
  Timeline timeline("s");
  EXPECT_TRUE(timeline.add(snapshot(0, {instance("i-1", "a"), instance("i-2", "x")})));
  EXPECT_TRUE(timeline.add(snapshot(10, {instance("i-1", "a"), instance("i-2", "x")})));
  EXPECT_TRUE(timeline.add(snapshot(20, {instance("i-1", "b")})));
  EXPECT_TRUE(timeline.add(snapshot(30, {instance("i-1", "b"), instance("i-2", "x")})));
  EXPECT_EQ(told(timeline), "i-1 a 0-20, i-1 b 20-, i-2 x 0-20, i-2 x 30-");
}

TEST(Timeline, TheOrderInWhichSnapshotsComeDoesNotMatter) {
  std::vector<sdk::InventorySnapshot> all;
  std::mt19937 random(7);
  for (int minute = 0; minute < 12; ++minute) {
    std::vector<sdk::Asset> assets;
    for (const char* id : {"i-1", "i-2", "i-3"}) {
      if (const auto choice = random() % 4; choice < 3)
        assets.push_back(instance(id, std::string(1, static_cast<char>('a' + choice / 2))));
    }
    all.push_back(snapshot(minute, std::move(assets)));
  }
  Timeline in_order("s");
  for (const auto& each : all) in_order.add(each);
  for (int round = 0; round < 200; ++round) {
    std::ranges::shuffle(all, random);
    Timeline timeline("s");
    for (const auto& each : all) timeline.add(each);
    ASSERT_EQ(told(timeline), told(in_order));
    timeline.add(all.front());  // again
    ASSERT_EQ(told(timeline), told(in_order));
  }
}

TEST(Timeline, OfTwoSnapshotsOfOneTimeTheGreaterVersionIsTheLast) {
  for (const bool swapped : {false, true}) {
    Timeline timeline("s");
    const auto first = snapshot(5, {instance("i-1", "a")}, "1");
    const auto second = snapshot(5, {instance("i-1", "b")}, "2");
    timeline.add(swapped ? second : first);
    timeline.add(swapped ? first : second);
    EXPECT_EQ(told(timeline), "i-1 a 5-5, i-1 b 5-");
  }
}

TEST(Timeline, AnIncompleteSnapshotEndsNothing) {
  Timeline timeline("s");
  timeline.add(snapshot(0, {instance("i-1", "a"), instance("i-2", "a")}));
  auto part = snapshot(10, {instance("i-2", "b")});
  part.complete = false;
  timeline.add(part);
  EXPECT_EQ(told(timeline), "i-1 a 0-, i-2 a 0-10, i-2 b 10-");
}

TEST(Timeline, AThingBeganWhenItSaysUnlessTheSnapshotBeforeDidNotHaveIt) {
  auto early = instance("i-1", "early");
  early.since = at(3);
  Timeline first("s");
  first.add(snapshot(10, {early}));
  EXPECT_EQ(told(first), "i-1 early 3-");
  first.add(snapshot(5, {}));  // it was not there at 5, whatever it says
  EXPECT_EQ(told(first), "i-1 early 5-");
}

TEST(Timeline, AChangeOfARunningThingIsNotDatedBack) {
  const auto named = [](const std::string& id, const std::string& name) {
    auto asset = instance(id, name);
    asset.since = at(-1000);
    return asset;
  };
  Timeline timeline("s");
  timeline.add(snapshot(0, {named("i-1", "has it"), named("i-2", "x")}));
  timeline.add(snapshot(10, {named("i-1", "x"), named("i-2", "has it")}));
  EXPECT_EQ(told(timeline), "i-1 has it -1000-10, i-1 x 10-, i-2 x -1000-10, i-2 has it 10-");
  timeline.add(snapshot(20, {}));
  timeline.add(snapshot(30, {named("i-1", "x")}));
  EXPECT_TRUE(told(timeline).contains("i-1 x 10-20, i-1 x 30-,"));
  auto restarted = instance("i-1", "x");
  restarted.since = at(34);
  timeline.add(snapshot(40, {restarted}));
  EXPECT_TRUE(told(timeline).contains("i-1 x 30-40, i-1 x 34-,"));
}

TEST(Timeline, WhatSnapshotsThatAreForgottenSaidIsNotMadeUp) {
  Timeline timeline("s");
  for (int minute = 0; minute < 40; ++minute) {
    auto asset = instance("i-1", "n" + std::to_string(minute));
    asset.since = at(-1000);
    timeline.add(snapshot(minute, {asset}));
  }
  ASSERT_TRUE(timeline.trim({.points_max = 10'000, .bytes_max = timeline.bytes() / 2}));
  EXPECT_FALSE(told(timeline).contains("-1000"));
}

TEST(Timeline, SnapshotsThatChangeNothingCountAndAreForgotten) {
  Timeline timeline("s");
  timeline.add(snapshot(0, {instance("i-1", "a")}));
  const auto one = timeline.bytes();
  for (int minute = 1; minute < 100; ++minute)
    timeline.add(snapshot(minute, {instance("i-1", "a")}));
  EXPECT_GT(timeline.bytes(), one + 99 * encode(Point{at(99), "1"}).size() / 2);
  ASSERT_TRUE(timeline.trim({.points_max = 10'000, .bytes_max = 2 * one}));
  EXPECT_LE(timeline.bytes(), 2 * one);
  EXPECT_EQ(told(timeline), "i-1 a 0-");
  Timeline read("");
  for (const auto& part : timeline.encode_parts()) ASSERT_TRUE(read.add_part(part));
  EXPECT_EQ(read.bytes(), timeline.bytes());
}

TEST(Timeline, WhatIsTooMuchIsForgottenFromTheBeginning) {
  Timeline timeline("s");
  for (int minute = 0; minute < 40; ++minute)
    timeline.add(snapshot(minute, {instance("i-1", "n" + std::to_string(minute))}));
  const auto bytes = timeline.bytes();
  ASSERT_TRUE(timeline.trim({.points_max = 10'000, .bytes_max = bytes / 2}));
  EXPECT_LE(timeline.bytes(), bytes / 2);
  EXPECT_FALSE(timeline.add(snapshot(1, {})));
  EXPECT_TRUE(told(timeline).ends_with("i-1 n39 39-"));
  EXPECT_FALSE(timeline.trim({.points_max = 10'000, .bytes_max = 1}));
  ASSERT_TRUE(timeline.trim({.points_max = 2, .bytes_max = bytes}));
  EXPECT_FALSE(timeline.add(snapshot(37, {})));
}

TEST(Timeline, IsReadBackAsItWas) {
  Timeline timeline("s");
  std::vector<sdk::Asset> assets;
  for (int i = 0; i < 300; ++i)
    assets.push_back(instance("i-" + std::to_string(i), std::string(10'000, 'x')));
  timeline.add(snapshot(0, assets));
  timeline.add(snapshot(5, {assets[7]}));
  const auto parts = timeline.encode_parts();
  EXPECT_GT(parts.size(), 2u);
  Timeline read("");
  for (const auto& part : parts) ASSERT_TRUE(read.add_part(part));
  EXPECT_EQ(read.series(), "s");
  EXPECT_EQ(told(read), told(timeline));
  EXPECT_EQ(read.encode_parts(), parts);
}

sdk::Asset full_asset() {
  return {.type = sdk::AssetType::EcsTask,
          .id = "id",
          .name = "n",
          .account = "a",
          .region = "r",
          .vpc = "v",
          .subnet = "s",
          .instance = "i",
          .host = "h",
          .image = "m",
          .container = "c",
          .cluster = "k",
          .service = "e",
          .state = "t",
          .owner = "o",
          .tags = "{}",
          .addresses = {"1", "2"},
          .public_addresses = {"3"},
          .interfaces = {"4"},
          .since = at(1)};
}

// Who changes the bytes of version 1 takes the next version.
TEST(AssetCodec, BytesOfVersionOne) {
  const auto bytes = encode(full_asset());
  EXPECT_EQ(hex(bytes),
            "010802120269641a016e2201612a01723201763a01734201694a016852016d5a016362016b6a0165720174"
            "7a016f8201027b7d8a0101318a010132920101339a010134a001808ece1c");
  EXPECT_EQ(decode_asset(bytes), full_asset());
  const AssetVersion version{.from = {at(1), "v"},
                             .to = Point{at(2), "w"},
                             .asset = std::make_shared<const sdk::Asset>(full_asset())};
  const auto read = decode_asset_version(encode(version));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->from, version.from);
  EXPECT_EQ(read->to, version.to);
  EXPECT_EQ(*read->asset, *version.asset);
}

TEST(AssetCodec, ASnapshotIsReadBackFromItsParts) {
  const auto parts = encode_parts(snapshot(3, {full_asset(), instance("i-1", "a")}));
  ASSERT_EQ(parts.size(), 1u);
  const auto read = decode_snapshot(parts.front());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->series, "s");
  EXPECT_EQ(read->time, at(3));
  EXPECT_EQ(read->version, "1");
  EXPECT_TRUE(read->complete);
  ASSERT_EQ(read->assets.size(), 2u);
  EXPECT_EQ(read->assets[0], full_asset());
  EXPECT_FALSE(decode_snapshot(parts.front().substr(0, parts.front().size() - 1)));
  EXPECT_EQ(encode_parts(snapshot(3, {})).size(), 1u);
}

}  // namespace
}  // namespace sextant::services::inventory
