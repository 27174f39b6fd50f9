#include "store/configuration_change.h"

#include <gtest/gtest.h>

#include "core/encoding.h"

namespace sextant::store {
namespace {

ConfigurationChange example() {
  const model::ResourceChange changed{.action = model::Action::Modify,
                                      .resource_type = "AWS::Lambda::Function",
                                      .logical_id = "F",
                                      .physical_id = "f",
                                      .fields = {"Timeout", "Handler"}};
  return {.stack = "demo",
          .action = StackAction::Update,
          .time = Time(std::chrono::seconds(1'700'000'000)),
          .request_id = RequestId("r-1"),
          .changes = {changed},
          .failures = {{changed, "is not authorized"}}};
}

TEST(ConfigurationChange, VersionOneIsGolden) {
  const std::string golden =
      "010a0464656d6f1002188080f9c0c1c482032203722d312a3201080212154157533a3a4c616d6264613a3a46"
      "756e6374696f6e1a01462201662a0754696d656f75742a0748616e646c65723248010a320108021215415753"
      "3a3a4c616d6264613a3a46756e6374696f6e1a01462201662a0754696d656f75742a0748616e646c65721211"
      "6973206e6f7420617574686f72697a6564";
  EXPECT_EQ(hex(encode(example())), golden);
  EXPECT_EQ(decode_configuration_change(*from_hex(golden)), example());
}

TEST(ConfigurationChange, CutRecordsAreCorrupt) {
  const auto bytes = encode(example());
  EXPECT_FALSE(decode_configuration_change(""));
  for (const std::size_t left_out : {1uz, 2uz, 3uz}) {
    const auto cut =
        decode_configuration_change(std::string_view(bytes).substr(0, bytes.size() - left_out));
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().code, Code::Corrupt);
  }
}

}  // namespace
}  // namespace sextant::store
