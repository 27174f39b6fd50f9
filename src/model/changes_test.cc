#include "model/changes.h"

#include <gtest/gtest.h>

#include "model/model_test_app.h"

namespace sextant::model {
namespace {

TEST(Changes, SameAppHasNone) { EXPECT_TRUE(describe_changes(full_app(), full_app()).empty()); }

TEST(Changes, MovedTextIsNoChange) {
  auto moved = full_app();
  moved.roles.begin()->second.position.line = 99;
  EXPECT_TRUE(describe_changes(full_app(), moved).empty());
}

TEST(Changes, NamesTheFieldsThatDiffer) {
  auto after = full_app();
  after.functions["collector"].handler = "parsers.alb|enrichers.geoip|lake.land";
  after.functions["collector"].timeout_s = 60;
  const auto changes = describe_changes(full_app(), after);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0], (ResourceChange{.action = Action::Modify,
                                        .resource_type = "AWS::Lambda::Function",
                                        .logical_id = "Collector",
                                        .physical_id = "collector",
                                        .fields = {"Handler", "Timeout"}}));
}

TEST(Changes, RemovalsComeFirst) {
  auto after = full_app();
  after.buckets.clear();
  after.databases["other"] = {
      .name = "other", .arn = "arn:other", .logical_id = "Other", .position = {}};
  const auto changes = describe_changes(full_app(), after);
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].action, Action::Remove);
  EXPECT_EQ(changes[0].physical_id, "logs");
  EXPECT_EQ(changes[1].action, Action::Add);
  EXPECT_EQ(changes[1].physical_id, "other");
}

TEST(Changes, ListsEveryResource) { EXPECT_EQ(list_resources(full_app()).size(), 7u); }

}  // namespace
}  // namespace sextant::model
