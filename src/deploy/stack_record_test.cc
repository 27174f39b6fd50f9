#include "deploy/stack_record.h"

#include <gtest/gtest.h>

namespace sextant::deploy {
namespace {

constexpr Time kThen{std::chrono::seconds(1'700'000'000)};

store::ConfigurationChange change() {
  return {.stack = "demo",
          .action = store::StackAction::Update,
          .time = kThen,
          .request_id = RequestId("r-1"),
          .changes = {{.action = model::Action::Modify,
                       .resource_type = "AWS::Lambda::Function",
                       .logical_id = "F",
                       .physical_id = "f",
                       .fields = {"Timeout", "Handler"}}}};
}

StackInput input() {
  return {.template_text = "Resources: {}",
          .parameters = {{"A", "1"}, {"B", ""}},
          .capabilities = {"CAPABILITY_IAM"},
          .tags = {{"team", "blue"}}};
}

StackRecord stack() {
  StackRecord record{.id = "arn:stack", .name = "demo", .description = "d", .created = kThen};
  record.updated = kThen + std::chrono::seconds(1);
  record.input = input();
  record.parameters = {{"A", "1"}, {"S", "****"}};
  record.history = {change(), change()};
  return record;
}

ChangeSetRecord change_set() {
  ChangeSetRecord record{.id = "arn:set",
                         .name = "set",
                         .stack = "demo",
                         .stack_id = "arn:stack",
                         .description = "d",
                         .action = store::StackAction::Update,
                         .status = ChangeSetStatus::Failed,
                         .reason = "nothing to do",
                         .created = kThen};
  record.input = input();
  record.changes = change().changes;
  return record;
}

TEST(StackRecord, KeepsEveryField) {
  const auto read = decode_stack(encode(stack()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, stack());
}

TEST(StackRecord, ChangeSetKeepsEveryField) {
  const auto read = decode_change_set(encode(change_set()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, change_set());
}

TEST(StackRecord, CutRecordsAreCorrupt) {
  const auto bytes = encode(stack());
  EXPECT_FALSE(decode_stack(""));
  EXPECT_FALSE(decode_stack(std::string_view(bytes).substr(0, bytes.size() - 1)));
  const auto set = encode(change_set());
  EXPECT_FALSE(decode_change_set(std::string_view(set).substr(0, set.size() - 1)));
}

}  // namespace
}  // namespace sextant::deploy
