#include "lake/table_schema.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

namespace sextant::lake {
namespace {

SchemaPtr made(const std::vector<std::shared_ptr<arrow::Field>>& inner,
               const std::vector<std::shared_ptr<arrow::Field>>& outer = {}) {
  auto fields = outer;
  fields.insert(fields.begin(), arrow::field("source", arrow::struct_(inner)));
  return arrow::schema(fields);
}

TEST(TableSchema, UnitesFieldByField) {
  const auto first = made({arrow::field("ip", arrow::utf8(), false)});
  const auto second =
      made({arrow::field("port", arrow::int32()), arrow::field("ip", arrow::utf8())},
           {arrow::field("ts", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"))});
  const auto both = unite(first, second);
  ASSERT_TRUE(both);
  EXPECT_EQ((*both)->ToString(),
            "source: struct<ip: string, port: int32>\nts: timestamp[us, tz=UTC]");
  EXPECT_EQ(*unite(first, first), first);
  EXPECT_EQ(*unite(nullptr, first), first);
  EXPECT_EQ(*unite(first, nullptr), first);
}

TEST(TableSchema, TwoTypesOfOneColumnAreInvalidAndNamed) {
  const auto both =
      unite(made({arrow::field("ip", arrow::utf8())}), made({arrow::field("ip", arrow::int32())}));
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().code, Code::Invalid);
  EXPECT_EQ(both.error().message,
            "column 'source': column 'ip': is string in the table and int32 in the rows");
}

TEST(TableSchema, BytesComeBack) {
  const auto schema = made({arrow::field("tags", arrow::list(arrow::utf8()))});
  const auto bytes = schema_to_bytes(schema);
  ASSERT_TRUE(bytes);
  EXPECT_TRUE((*schema_from_bytes(*bytes))->Equals(*schema, true));
  EXPECT_EQ(schema_id(*bytes).size(), 16u);
  EXPECT_EQ(schema_from_bytes(bytes->substr(0, 9)).error().code, Code::Corrupt);
  EXPECT_EQ(schema_from_bytes("").error().code, Code::Corrupt);
}

}  // namespace
}  // namespace sextant::lake
