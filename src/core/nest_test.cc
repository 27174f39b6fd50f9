#include "core/nest.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

namespace sextant {
namespace {

std::shared_ptr<arrow::Array> texts(const std::vector<std::optional<std::string>>& values) {
  arrow::StringBuilder builder;
  for (const auto& value : values) {
    EXPECT_TRUE((value ? builder.Append(*value) : builder.AppendNull()).ok());
  }
  return *builder.Finish();
}

std::shared_ptr<arrow::Array> dictionary(const std::vector<std::string>& values) {
  arrow::StringDictionary32Builder builder;
  for (const auto& value : values) EXPECT_TRUE(builder.Append(value).ok());
  std::shared_ptr<arrow::Array> array;
  EXPECT_TRUE(builder.Finish(&array).ok());
  return array;
}

SchemaPtr schema_of(const std::vector<std::string>& names) {
  arrow::FieldVector fields;
  for (const auto& name : names) fields.push_back(arrow::field(name, arrow::utf8()));
  return arrow::schema(fields);
}

BatchPtr flat_batch() {
  const auto country = dictionary({"FR", "DE", "FR"});
  const auto schema = arrow::schema(
      {arrow::field("ts", arrow::utf8(), false), arrow::field("source.ip", arrow::utf8()),
       arrow::field("http.status", arrow::utf8()),
       arrow::field("source.geo.country_iso_code", country->type(), true,
                    arrow::key_value_metadata({{"k", "v"}}))},
      arrow::key_value_metadata({{"table", "alb"}}));
  return arrow::RecordBatch::Make(schema, 3,
                                  {texts({"1", "2", "3"}), texts({"a", std::nullopt, "c"}),
                                   texts({"200", "404", "500"}), country});
}

TEST(Nest, ColumnsBecomeStructsInOrderOfFirstAppearance) {
  const auto nested = nest(flat_batch());
  ASSERT_TRUE(nested) << nested.error().message;
  EXPECT_TRUE((*nested)->ValidateFull().ok());
  const auto& schema = *(*nested)->schema();
  EXPECT_EQ(schema.field_names(), (std::vector<std::string>{"ts", "source", "http"}));
  EXPECT_FALSE(schema.field(0)->nullable());
  EXPECT_EQ(schema.metadata()->Get("table").ValueOrDie(), "alb");
  const auto& source = *schema.field(1)->type();
  ASSERT_EQ(source.num_fields(), 2);
  EXPECT_EQ(source.field(0)->name(), "ip");
  const auto& country = *source.field(1)->type()->field(0);
  EXPECT_EQ(country.type()->id(), arrow::Type::DICTIONARY);
  EXPECT_EQ(country.metadata()->Get("k").ValueOrDie(), "v");
  EXPECT_EQ((*nested)->column(1)->null_count(), 0);
  const auto& column = static_cast<const arrow::StructArray&>(*(*nested)->column(1));
  EXPECT_TRUE(column.field(0)->IsNull(1));
  const auto& geo = static_cast<const arrow::StructArray&>(*column.field(1));
  const auto& codes = static_cast<const arrow::DictionaryArray&>(*geo.field(0));
  EXPECT_EQ(codes.GetValueIndex(1), 1);
  EXPECT_EQ(codes.GetValueIndex(2), 0);
}

TEST(Nest, SharesTheColumns) {
  const auto flat = flat_batch();
  const auto nested = nest(flat).value();
  const auto& source = static_cast<const arrow::StructArray&>(*nested->column(1));
  EXPECT_EQ(source.field(0)->data()->buffers[2], flat->column(1)->data()->buffers[2]);
  EXPECT_EQ(nested->column(0), flat->column(0));
}

TEST(Nest, SlicesAndEmptyBatches) {
  const auto nested = nest(flat_batch()->Slice(1, 2));
  ASSERT_TRUE(nested);
  EXPECT_TRUE((*nested)->ValidateFull().ok());
  const auto whole = nest(flat_batch()).value();
  EXPECT_TRUE((*nested)->Equals(*whole->Slice(1, 2)));
  const auto none = nest(flat_batch()->Slice(0, 0));
  ASSERT_TRUE(none);
  EXPECT_EQ((*none)->num_rows(), 0);
  EXPECT_TRUE((*none)->ValidateFull().ok());
  EXPECT_EQ(nest(schema_of({})).value()->num_fields(), 0);
}

TEST(Nest, SchemaAloneGivesTheSameSchema) {
  const auto schema = nest(flat_batch()->schema());
  ASSERT_TRUE(schema);
  EXPECT_TRUE((*schema)->Equals(*nest(flat_batch()).value()->schema(), true));
}

TEST(Nest, NamesThatCannotBeNestedAreInvalid) {
  std::string deep = "a";
  for (std::size_t i = 1; i < kNestingMax; ++i) deep += ".a";
  EXPECT_TRUE(nest(schema_of({deep})));
  const std::vector<std::string> cases[] = {
      {"a", "a.b"}, {"a.b", "a"}, {"a.b.c", "a.b"}, {"a", "a"},    {"a.b", "a.b"},         {""},
      {".a"},       {"a."},       {"a..b"},         {deep + ".a"}, {"x", "a.b", "a.b.c.d"}};
  for (const auto& names : cases) {
    const auto nested = nest(schema_of(names));
    ASSERT_FALSE(nested) << names.front();
    EXPECT_EQ(nested.error().code, Code::Invalid);
    EXPECT_NE(nested.error().message.find("'" + names.back() + "'"), std::string::npos)
        << nested.error().message;
  }
}

}  // namespace
}  // namespace sextant
