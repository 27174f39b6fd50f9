#include "services/inventory/asset_table.h"

#include <gtest/gtest.h>

namespace sextant::services::inventory {
namespace {

using sdk::Asset;
using sdk::AssetType;

Time at(int minutes) { return Time(std::chrono::minutes(minutes)); }

Span span(int from, int to, Asset asset) {
  return {at(from), to < 0 ? Time::max() : at(to), std::make_shared<const Asset>(std::move(asset))};
}

Asset instance(const std::string& id, const std::string& address, const std::string& vpc = "vpc-1",
               const std::string& account = "1") {
  return {.type = AssetType::Instance,
          .id = id,
          .account = account,
          .vpc = vpc,
          .instance = id,
          .addresses = {address},
          .interfaces = {"eni-" + id}};
}

std::string found(const AssetTable& table, std::string_view address, int minutes,
                  std::string_view vpc = "", std::string_view account = "") {
  const auto machine = table.by_address(*sdk::IpAddress::parse(address), account, vpc, at(minutes));
  std::string text;
  for (const auto* asset : {machine.instance, machine.interface, machine.task}) {
    if (asset != nullptr) text += (text.empty() ? "" : "+") + asset->id;
  }
  return text;
}

TEST(AssetTable, AnAddressBelongsToWhoHadItThen) {
  const AssetTable table(
      {span(0, 10, instance("i-1", "10.0.0.5")), span(20, -1, instance("i-2", "10.0.0.5"))});
  EXPECT_EQ(found(table, "10.0.0.5", -1), "");
  EXPECT_EQ(found(table, "10.0.0.5", 0), "i-1");
  EXPECT_EQ(found(table, "10.0.0.5", 9), "i-1");
  EXPECT_EQ(found(table, "10.0.0.5", 10), "");
  EXPECT_EQ(found(table, "10.0.0.5", 20), "i-2");
  EXPECT_EQ(found(table, "10.0.0.5", 1'000'000), "i-2");
  EXPECT_EQ(found(table, "10.0.0.6", 20), "");
  EXPECT_TRUE(table.knows(*sdk::IpAddress::parse("10.0.0.5")));
  EXPECT_FALSE(table.knows(*sdk::IpAddress::parse("10.0.0.6")));
}

TEST(AssetTable, AnAddressThatWasPassedOnBelongsToTheLast) {
  const AssetTable table(
      {span(0, -1, instance("i-1", "10.0.0.5")), span(7, -1, instance("i-2", "10.0.0.5"))});
  EXPECT_EQ(found(table, "10.0.0.5", 6), "i-1");
  EXPECT_EQ(found(table, "10.0.0.5", 7), "i-2");
}

TEST(AssetTable, WhatCouldBeSeveralIsUnknown) {
  const AssetTable table({span(0, -1, instance("i-1", "10.0.0.5", "vpc-1", "1")),
                          span(1, -1, instance("i-2", "10.0.0.5", "vpc-2", "1")),
                          span(2, -1, instance("i-3", "10.0.0.5", "vpc-3", "2")),
                          span(5, -1, instance("i-4", "10.0.0.9")),
                          span(5, -1, instance("i-5", "10.0.0.9"))});
  EXPECT_EQ(found(table, "10.0.0.5", 5), "");
  EXPECT_EQ(found(table, "10.0.0.5", 5, "", "1"), "");
  EXPECT_EQ(found(table, "10.0.0.5", 5, "", "2"), "i-3");
  EXPECT_EQ(found(table, "10.0.0.5", 5, "vpc-2"), "i-2");
  EXPECT_EQ(found(table, "10.0.0.5", 5, "vpc-9"), "");
  EXPECT_EQ(found(table, "10.0.0.9", 5), "");  // both began at once
}

TEST(AssetTable, WhatMayBeInAnotherVpcIsUnknown) {
  auto task = instance("task", "10.0.0.5", "");
  task.type = AssetType::EcsTask;
  const AssetTable table({span(0, 10, instance("i-1", "10.0.0.5")), span(5, -1, task)});
  EXPECT_EQ(found(table, "10.0.0.5", 3), "i-1");
  EXPECT_EQ(found(table, "10.0.0.5", 7), "");
  EXPECT_EQ(found(table, "10.0.0.5", 12), "task");
  EXPECT_EQ(found(table, "10.0.0.5", 3, "vpc-1", "other"), "i-1");  // a VPC that is shared
}

// Two VPCs of one account with the same range, told of by their tasks only.
TEST(AssetTable, WhoseVpcIsNotKnownIsNotInTheRowsVpc) {
  auto task = instance("task", "10.0.0.5", "");
  task.type = AssetType::EcsTask;
  const AssetTable table({span(0, -1, task)});
  EXPECT_EQ(found(table, "10.0.0.5", 5, "vpc-1", "1"), "");
  EXPECT_EQ(found(table, "10.0.0.5", 5, "", "1"), "task");
}

TEST(AssetTable, TellsWhatSeveralListsSayOfOneMachine) {
  const Asset interface{.type = AssetType::NetworkInterface,
                        .id = "eni-1",
                        .account = "1",
                        .vpc = "vpc-1",
                        .subnet = "subnet-1",
                        .addresses = {"10.0.0.5"},
                        .public_addresses = {"198.51.100.7"},
                        .interfaces = {"eni-1"}};
  const Asset task{.type = AssetType::EcsTask,
                   .id = "task-1",
                   .account = "1",
                   .subnet = "subnet-1",
                   .addresses = {"10.0.0.5"},
                   .interfaces = {"eni-1"}};
  auto other = instance("i-2", "10.0.0.5", "vpc-2");
  const AssetTable table({span(0, -1, interface), span(3, -1, task), span(0, -1, other)});
  EXPECT_EQ(found(table, "10.0.0.5", 5, "vpc-1"), "eni-1+task-1");
  EXPECT_EQ(found(table, "10.0.0.5", 5, "vpc-2"), "i-2");
  EXPECT_EQ(found(table, "10.0.0.5", 5), "");
  EXPECT_EQ(found(table, "198.51.100.7", 5, "vpc-9", "9"), "eni-1");
  EXPECT_EQ(table.by_interface("eni-1", at(5)).task->id, "task-1");
  EXPECT_EQ(table.by_interface("eni-1", at(2)).task, nullptr);
  EXPECT_EQ(table.by_instance("i-2", at(2)).instance->id, "i-2");
  EXPECT_FALSE(table.by_instance("i-9", at(2)).is_known());
}

TEST(AssetTable, AnInterfaceLeadsToItsInstance) {
  auto machine = instance("i-1", "10.0.0.5");
  machine.interfaces.clear();
  const Asset interface{.type = AssetType::NetworkInterface,
                        .id = "eni-1",
                        .vpc = "vpc-1",
                        .instance = "i-1",
                        .addresses = {"10.0.0.6"},
                        .interfaces = {"eni-1"}};
  const AssetTable table({span(0, 10, machine), span(0, -1, interface)});
  EXPECT_EQ(found(table, "10.0.0.6", 5), "i-1+eni-1");
  EXPECT_EQ(found(table, "10.0.0.6", 12), "eni-1");
}

}  // namespace
}  // namespace sextant::services::inventory
