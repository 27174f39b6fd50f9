#include "intel/enrichers/inventory.h"

#include <gtest/gtest.h>

#include "core/nest.h"
#include "intel/enrichers/enricher_test_support.h"

namespace sextant::intel {
namespace {

using sdk::Asset;
using sdk::cell_text;
using sdk::Machine;

Time at(int seconds) { return Time(std::chrono::seconds(seconds)); }

// 10.0.0.5 in vpc-1 is i-1 until 100 and a task from then on; eni-1 is theirs.
class PlayedInventory final : public sdk::Inventory {
 public:
  bool knows(const sdk::IpAddress& address) const override {
    return address == *sdk::IpAddress::parse("10.0.0.5");
  }
  Machine by_address(const sdk::IpAddress&, std::string_view account, std::string_view vpc,
                     Time time) const override {
    if (vpc != "vpc-1" || account == "2") return {};
    return holder(time);
  }
  Machine by_interface(std::string_view id, Time time) const override {
    return id == "eni-1" ? holder(time) : Machine();
  }
  Machine by_instance(std::string_view id, Time) const override {
    return id == "i-1" ? Machine{.instance = &instance_} : Machine();
  }

 private:
  Machine holder(Time time) const {
    if (time < at(100)) return {.instance = &instance_, .interface = &interface_};
    return {.interface = &interface_, .task = &task_};
  }
  const Asset instance_{.type = sdk::AssetType::Instance,
                        .id = "i-1",
                        .name = "web",
                        .vpc = "vpc-1",
                        .host = "ip-10-0-0-5",
                        .image = "ami-1",
                        .owner = "blue"};
  const Asset interface_{.type = sdk::AssetType::NetworkInterface,
                         .id = "eni-1",
                         .vpc = "vpc-1",
                         .tags = R"({"a":"b"})"};
  const Asset task_{.type = sdk::AssetType::EcsTask,
                    .id = "task-1",
                    .name = "front:7",
                    .image = "repo/app:1",
                    .container = "app",
                    .cluster = "prod",
                    .service = "front"};
};

ArrayPtr times(const std::vector<int>& seconds) {
  sdk::NumberColumn<std::int64_t> column;
  for (std::size_t row = 0; row < seconds.size(); ++row)
    column.set(row, std::int64_t{seconds[row]} * 1'000'000);
  return column.finish(seconds.size(), arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"));
}

BatchPtr joined(const std::vector<std::pair<std::string, ArrayPtr>>& columns) {
  EXPECT_TRUE((*kInventoryEnricher.prepare({}))->reads_inventory());
  return test::enriched(
      kInventoryEnricher, columns,
      {.path = "", .object_version = "", .inventory = std::make_shared<PlayedInventory>()});
}

std::string cell(const BatchPtr& batch, std::string_view column, std::int64_t row) {
  return cell_text(batch, column, row).value_or("-");
}

TEST(InventoryEnricher, TellsWhoHadAnAddressAtTheTimeOfTheEvent) {
  const auto batch =
      joined({{"ts", times({99, 100, 100, 100})},
              {"source.ip", test::texts({"10.0.0.5", "10.0.0.5", "10.0.0.6", ""})},
              {"destination.ip", test::texts({"", "", "10.0.0.5", "10.0.0.5"})},
              {"aws.route53.vpc_id", test::texts({"vpc-1", "vpc-1", "vpc-1", "vpc-2"})}});
  EXPECT_EQ(cell(batch, "sextant.source.asset.type", 0), "instance");
  EXPECT_EQ(cell(batch, "sextant.source.asset.id", 0), "i-1");
  EXPECT_EQ(cell(batch, "sextant.source.asset.name", 0), "web");
  EXPECT_EQ(cell(batch, "sextant.source.asset.owner", 0), "blue");
  EXPECT_EQ(cell(batch, "sextant.source.asset.tags", 0), R"({"a":"b"})");
  EXPECT_EQ(cell(batch, "sextant.source.asset.id", 1), "task-1");
  EXPECT_EQ(cell(batch, "sextant.source.asset.image", 1), "repo/app:1");
  EXPECT_EQ(cell(batch, "sextant.source.asset.id", 2), "-");
  EXPECT_EQ(cell(batch, "sextant.destination.asset.id", 2), "task-1");
  EXPECT_EQ(cell(batch, "sextant.destination.asset.id", 3), "-");  // of another VPC
  EXPECT_FALSE(sdk::has_column(batch, "cloud.instance.name"));     // the rows are of no machine
}

TEST(InventoryEnricher, TellsWhichMachineALogIsOf) {
  const auto batch =
      joined({{"ts", times({1, 200, 1, 1})},
              {"source.ip", test::texts({"10.0.0.5", "198.51.100.7", "", ""})},
              {"aws.vpcflow.interface_id", test::texts({"eni-1", "eni-1", "", "eni-9"})},
              {"cloud.instance.id", test::texts({"", "", "i-1", "i-0"})}});
  EXPECT_EQ(cell(batch, "cloud.instance.id", 0), "i-1");
  EXPECT_EQ(cell(batch, "cloud.instance.name", 0), "web");
  EXPECT_EQ(cell(batch, "host.name", 0), "ip-10-0-0-5");
  EXPECT_EQ(cell(batch, "sextant.source.asset.id", 0), "i-1");  // by the VPC of its interface
  EXPECT_EQ(cell(batch, "container.name", 1), "app");
  EXPECT_EQ(cell(batch, "container.image.name", 1), "repo/app:1");
  EXPECT_EQ(cell(batch, "orchestrator.type", 1), "ecs");
  EXPECT_EQ(cell(batch, "orchestrator.cluster.name", 1), "prod");
  EXPECT_EQ(cell(batch, "orchestrator.resource.id", 1), "task-1");
  EXPECT_EQ(cell(batch, "orchestrator.resource.name", 1), "front");
  EXPECT_EQ(cell(batch, "cloud.instance.id", 1), "-");
  EXPECT_EQ(cell(batch, "cloud.instance.name", 2), "web");
  EXPECT_EQ(cell(batch, "cloud.instance.id", 3), "i-0");  // what a log says stays
  EXPECT_EQ(cell(batch, "cloud.instance.name", 3), "-");
}

TEST(InventoryEnricher, WhatALogSaysInItsOwnFormStays) {
  sdk::StringColumn names;
  names.set(0, "its own");
  const auto batch = joined({{"ts", times({1})},
                             {"cloud.instance.name", names.finish_text(1)},
                             {"host", test::texts({"its own, too"})},
                             {"aws.vpcflow.interface_id", test::texts({"eni-1"})}});
  EXPECT_TRUE(batch->ValidateFull().ok());
  EXPECT_TRUE(nest(batch));
  EXPECT_EQ(cell(batch, "cloud.instance.name", 0), "its own");
  EXPECT_EQ(cell(batch, "host", 0), "its own, too");
  EXPECT_EQ(cell(batch, "cloud.instance.id", 0), "i-1");
}

TEST(InventoryEnricher, PassesOnWhatTellsNothing) {
  const auto batch = joined({{"ts", times({1})}, {"reason", test::texts({"x"})}});
  EXPECT_EQ(batch->num_columns(), 2);
}

TEST(InventoryEnricher, TheTargetOfABalancerIsADestination) {
  const auto batch = joined({{"ts", times({1})},
                             {"source.ip", test::texts({"198.51.100.7"})},
                             {"aws.route53.vpc_id", test::texts({"vpc-1"})},
                             {"aws.elb.backend.ip", test::texts({"10.0.0.5"})}});
  EXPECT_EQ(cell(batch, "sextant.destination.asset.id", 0), "i-1");
  EXPECT_EQ(cell(batch, "sextant.source.asset.id", 0), "-");
}

}  // namespace
}  // namespace sextant::intel
