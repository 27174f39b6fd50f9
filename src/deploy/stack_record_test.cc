#include "deploy/stack_record.h"

#include <gtest/gtest.h>

#include "core/encoding.h"

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

TEST(StackRecord, VersionOneIsGolden) {
  const std::string golden =
      "010a0961726e3a737461636b120464656d6f1a0164208080f9c0c1c4820328c084b6c1c1c48203323e010a0d"
      "5265736f75726365733a207b7d1207010a01411201311204010a01421a0e4341504142494c4954595f49414d"
      "220d010a047465616d1204626c75653a07010a01411201313a0a010a015312042a2a2a2a424b010a0464656d"
      "6f1002188080f9c0c1c482032203722d312a3201080212154157533a3a4c616d6264613a3a46756e6374696f"
      "6e1a01462201662a0754696d656f75742a0748616e646c6572424b010a0464656d6f1002188080f9c0c1c482"
      "032203722d312a3201080212154157533a3a4c616d6264613a3a46756e6374696f6e1a01462201662a075469"
      "6d656f75742a0748616e646c6572";
  EXPECT_EQ(hex(encode(stack())), golden);
  EXPECT_EQ(decode_stack(*from_hex(golden)), stack());
}

TEST(ChangeSetRecord, VersionOneIsGolden) {
  const std::string golden =
      "010a0761726e3a73657412037365741a0464656d6f220961726e3a737461636b2a016430023a0d6e6f746869"
      "6e6720746f20646f408080f9c0c1c482034a3e010a0d5265736f75726365733a207b7d1207010a0141120131"
      "1204010a01421a0e4341504142494c4954595f49414d220d010a047465616d1204626c75655246010a046465"
      "6d6f1002188080f9c0c1c482032a3201080212154157533a3a4c616d6264613a3a46756e6374696f6e1a0146"
      "2201662a0754696d656f75742a0748616e646c6572";
  EXPECT_EQ(hex(encode(change_set())), golden);
  EXPECT_EQ(decode_change_set(*from_hex(golden)), change_set());
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
