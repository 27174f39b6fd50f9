#include "services/inventory/inventory.h"

#include <gtest/gtest.h>

#include "adapters/memory/store.h"
#include "store/keys.h"

namespace sextant::services::inventory {
namespace {

const Scope kScope{AccountId("000000000000"), Region("us-east-1")};
constexpr Time kNow{std::chrono::seconds(1'800'000'000)};
const auto kAddress = *sdk::IpAddress::parse("10.0.0.5");

// Fails commits when told to; `happened`: and yet they are done.
class FailingLog final : public ports::CommitLog {
 public:
  explicit FailingLog(ports::CommitLog& log) : log_(log) {}
  void submit(ports::Batch batch, OnDurable on_durable) override {
    if (!fails) return log_.submit(std::move(batch), std::move(on_durable));
    if (happened) static_cast<void>(ports::commit(log_, std::move(batch)));
    on_durable(fail(Code::Unavailable, "no answer"));
  }
  bool fails = false;
  bool happened = false;

 private:
  ports::CommitLog& log_;
};

class InventoryTest : public testing::Test {
 protected:
  std::unique_ptr<Inventory> open(InventoryLimits limits = {}) {
    auto opened = Inventory::open(
        {.scope = kScope, .clock = clock, .log = log, .state = store, .metrics = metrics}, limits);
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }

  // As dispatch does: a snapshot at this minute with one instance.
  void put(Inventory& inventory, int minute, const std::string& id, bool tell = true) {
    put_in(inventory, "s", minute, {.id = id, .addresses = {"10.0.0.5"}}, tell);
  }
  void put_in(Inventory& inventory, const std::string& series, int minute, sdk::Asset asset,
              bool tell = true) {
    const std::vector<sdk::InventorySnapshot> snapshots{
        {.series = series,
         .time = kNow + std::chrono::minutes(minute),
         .version = "1",
         .assets = {std::move(asset)}}};
    ports::Batch batch;
    inventory.add(batch, snapshots);
    ASSERT_TRUE(ports::commit(store, std::move(batch)));
    if (tell) inventory.added();
  }

  static std::string holder(Inventory& inventory, int minute) {
    const auto machine =
        inventory.current()->by_address(kAddress, "", "", kNow + std::chrono::minutes(minute));
    return machine.instance == nullptr ? "" : machine.instance->id;
  }

  static bool is_known(Inventory& inventory, const std::string& id, int minute) {
    return inventory.current()->by_instance(id, kNow + std::chrono::minutes(minute)).is_known();
  }

  std::size_t series() {
    return store.scan(store::keys::all_inventory_series(kScope), "", 100)->size();
  }

  std::size_t waiting() {
    return store.scan(store::keys::inventory_snapshots(kScope), "", 100)->size();
  }

  ManualClock clock{kNow};
  adapters::MemoryStore store{clock};
  FailingLog log{store};
  metrics::Registry metrics;
};

TEST_F(InventoryTest, WhoAsksAfterASnapshotLandedSeesIt) {
  const auto inventory = open();
  EXPECT_EQ(holder(*inventory, 0), "");
  put(*inventory, 0, "i-1");
  EXPECT_EQ(waiting(), 1u);
  EXPECT_EQ(holder(*inventory, 0), "i-1");
  EXPECT_EQ(waiting(), 0u);
  const auto before = inventory->current();
  EXPECT_EQ(inventory->current(), before);  // nothing new: nothing made
  put(*inventory, 10, "i-2");
  EXPECT_EQ(holder(*inventory, 9), "i-1");
  EXPECT_EQ(holder(*inventory, 10), "i-2");
  EXPECT_EQ(before->by_address(kAddress, "", "", kNow + std::chrono::minutes(10)).instance->id,
            "i-1");  // who began with it keeps it
}

TEST_F(InventoryTest, OutlivesARestart) {
  put(*open(), 0, "i-1");
  put(*open(), 10, "i-2", false);  // the node dies before it is told
  const auto inventory = open();
  EXPECT_EQ(waiting(), 0u);
  EXPECT_EQ(holder(*inventory, 5), "i-1");
  EXPECT_EQ(holder(*inventory, 15), "i-2");
}

TEST_F(InventoryTest, TheSameSnapshotAgainChangesNothing) {
  const auto inventory = open();
  put(*inventory, 0, "i-1");
  put(*inventory, 10, "i-2");
  EXPECT_EQ(holder(*inventory, 10), "i-2");
  const auto stored = store.scan(store::keys::all_inventory_series(kScope), "", 10)->at(0).value;
  put(*inventory, 0, "i-1");
  EXPECT_EQ(holder(*inventory, 10), "i-2");
  EXPECT_EQ(store.scan(store::keys::all_inventory_series(kScope), "", 10)->at(0).value, stored);
}

TEST_F(InventoryTest, ALostAnswerOfTheStoreLosesNothing) {
  for (const bool happened : {false, true}) {
    const auto inventory = open();
    const int minute = happened ? 20 : 10;
    const std::string id = happened ? "i-2" : "i-1";
    put(*inventory, minute, id);
    log.fails = true;
    log.happened = happened;
    EXPECT_NE(holder(*inventory, minute), id);
    log.fails = false;
    clock.advance(std::chrono::seconds(6));
    EXPECT_EQ(holder(*inventory, minute), id);
    EXPECT_EQ(waiting(), 0u);
  }
}

TEST_F(InventoryTest, ANodeStartsThoughWhatWaitsCannotBeTakenIn) {
  {
    const auto inventory = open();
    put(*inventory, 0, "i-1");
    EXPECT_EQ(holder(*inventory, 0), "i-1");
    put(*inventory, 10, "i-2", false);
  }
  log.fails = true;
  const auto inventory = open();
  EXPECT_EQ(holder(*inventory, 5), "i-1");
  log.fails = false;
  clock.advance(std::chrono::seconds(6));
  EXPECT_EQ(holder(*inventory, 15), "i-2");
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(InventoryTest, BeyondTheTotalTheLargestSeriesForget) {
  constexpr std::size_t kBytesMax = 4096;
  const auto inventory = open({.bytes_max = kBytesMax});
  put_in(*inventory, "small", 0, {.id = "i-small"});
  for (int minute = 0; minute < 100; ++minute) {
    for (const std::string series : {"a", "b", "c"})
      put_in(*inventory, series, minute, {.id = "i-" + series + std::to_string(minute)});
  }
  for (const std::string series : {"a", "b", "c"}) {
    EXPECT_TRUE(is_known(*inventory, "i-" + series + "99", 100));
    EXPECT_TRUE(is_known(*inventory, "i-" + series + "98", 98));
    EXPECT_FALSE(is_known(*inventory, "i-" + series + "1", 1));
  }
  EXPECT_TRUE(is_known(*inventory, "i-small", 100));
  EXPECT_TRUE(metrics.prometheus().contains("sextant_inventory_snapshots_refused_total 0"));
  const auto again = open({.bytes_max = kBytesMax});
  EXPECT_TRUE(is_known(*again, "i-a98", 98));
  EXPECT_FALSE(is_known(*again, "i-a98", 99));
}

TEST_F(InventoryTest, WhatIsLeftOutEndsWhatItsSeriesHad) {
  const InventoryLimits limits{.snapshot_bytes_max = 9'000, .bytes_max = 2'000};
  const auto inventory = open(limits);
  int minute = 0;
  // Too much for all of it, for one object, and for a value in the store.
  for (const std::size_t size : {3'000u, 10'000u, 9u << 20}) {
    const auto id = "i-" + std::to_string(size);
    put_in(*inventory, "s", minute, {.id = id});
    EXPECT_TRUE(is_known(*inventory, id, minute + 11));
    put_in(*inventory, "s", minute + 10, {.id = "large", .name = std::string(size, 'x')});
    put_in(*inventory, "new", minute + 10, {.id = "large", .name = std::string(3'000, 'x')});
    for (const auto& each : {inventory->current(), open(limits)->current()}) {
      const auto at = [&](int after) { return kNow + std::chrono::minutes(minute + after); };
      EXPECT_TRUE(each->by_instance(id, at(9)).is_known());
      EXPECT_FALSE(each->by_instance(id, at(11)).is_known());
      EXPECT_FALSE(each->by_instance("large", at(11)).is_known());
    }
    EXPECT_EQ(waiting(), 0u);
    EXPECT_EQ(series(), 1u);
    minute += 20;
  }
  const auto wide = open();
  put_in(*wide, "s", minute, {.id = "huge", .name = std::string(9u << 20, 'x')});
  EXPECT_FALSE(is_known(*wide, "huge", minute));
}

TEST_F(InventoryTest, WhatIsTooLargeStaysOutAndIsCounted) {
  const auto inventory = open({.snapshot_bytes_max = 10});
  put(*inventory, 0, "i-1");
  EXPECT_EQ(holder(*inventory, 0), "");
  EXPECT_TRUE(metrics.prometheus().contains("sextant_inventory_snapshots_refused_total 1"));
  const auto full = open({.bytes_max = 10});
  put(*full, 0, "i-1");
  EXPECT_EQ(holder(*full, 0), "");
  EXPECT_EQ(waiting(), 0u);
}

}  // namespace
}  // namespace sextant::services::inventory
