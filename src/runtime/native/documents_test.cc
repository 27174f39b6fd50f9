#include "runtime/native/documents.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <boost/json/value.hpp>

#include "core/json.h"

namespace sextant::runtime::native {
namespace {

constexpr std::int64_t kMicros = 1'783'030'980'186'641;  // 2026-07-02T22:23:00.186641Z

template <typename Builder, typename... Cells>
ArrayPtr column(Builder&& builder, const Cells&... cells) {
  const bool good = (builder.Append(cells).ok() && ...);
  return good ? *builder.Finish() : nullptr;
}

ArrayPtr times(std::int64_t first) {
  return column(arrow::TimestampBuilder(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
                                        arrow::default_memory_pool()),
                first);
}

BatchPtr batch_of(const std::vector<std::pair<std::string, ArrayPtr>>& columns,
                  std::shared_ptr<arrow::KeyValueMetadata> metadata = nullptr) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const auto& [name, values] : columns) {
    fields.push_back(arrow::field(name, values->type()));
    arrays.push_back(values);
  }
  return arrow::RecordBatch::Make(arrow::schema(fields, std::move(metadata)),
                                  arrays.front()->length(), arrays);
}

std::string json_of(const BatchPtr& batch, std::int64_t row = 0) {
  const auto documents = Documents::of(batch);
  return documents ? documents->json(row) : documents.error().message;
}

TEST(Documents, EveryTypeHasItsForm) {
  arrow::ListBuilder lists(arrow::default_memory_pool(), std::make_shared<arrow::StringBuilder>());
  auto& items = static_cast<arrow::StringBuilder&>(*lists.value_builder());
  ASSERT_TRUE(lists.Append().ok() && items.Append("x").ok() && items.AppendNull().ok());
  const auto batch =
      batch_of({{"ts", times(kMicros)},
                {"log.offset", column(arrow::Int64Builder(), std::int64_t{7})},
                {"source.port", column(arrow::Int32Builder(), -2)},
                {"a.duration", column(arrow::DoubleBuilder(), 0.25)},
                {"ok", column(arrow::BooleanBuilder(), true)},
                {"url.path", column(arrow::StringBuilder(), "/\"a\\\n\x01\xc3\xa9")},
                {"raw", column(arrow::BinaryBuilder(), std::string("\x00\xff", 2))},
                {"kind", column(arrow::StringDictionary32Builder(), "al\"b")},
                {"tags", *lists.Finish()}},
               arrow::key_value_metadata({"alias:event.end", "other"}, {"ts", "ts"}));
  const auto json = json_of(batch);
  EXPECT_EQ(json, R"({"@timestamp":"2026-07-02T22:23:00.186641Z","log":{"offset":7},)"
                  R"("source":{"port":-2},"a":{"duration":0.25},"ok":true,)"
                  R"("url":{"path":"/\"a\\\n\u0001)"
                  "\xc3\xa9"
                  R"("},"raw":"AP8=","kind":"al\"b","tags":["x",null],)"
                  R"("event":{"end":"2026-07-02T22:23:00.186641Z"}})");
  EXPECT_TRUE(json::parse(json));
  const auto documents = Documents::of(batch);
  EXPECT_EQ(documents->time(0), Time(Duration(kMicros)));
  EXPECT_EQ(documents->offset(0), 7);
}

TEST(Documents, WhatIsNullIsLeftOutWithTheObjectsAroundIt) {
  arrow::StringDictionary32Builder cities;
  ASSERT_TRUE(cities.AppendNull().ok() && cities.Append("Bern").ok() && cities.Append("Bern").ok());
  arrow::Int64Builder ports;
  ASSERT_TRUE(ports.AppendNull().ok() && ports.AppendNull().ok() && ports.Append(1).ok());
  const auto batch =
      batch_of({{"source.geo.city_name", *cities.Finish()}, {"source.port", *ports.Finish()}});
  EXPECT_EQ(json_of(batch, 0), "{}");
  EXPECT_EQ(json_of(batch, 1), R"({"source":{"geo":{"city_name":"Bern"}}})");
  EXPECT_EQ(json_of(batch, 2), R"({"source":{"geo":{"city_name":"Bern"},"port":1}})");
  EXPECT_FALSE(Documents::of(batch)->time(0));
  EXPECT_FALSE(Documents::of(batch)->offset(0));
}

TEST(Documents, WhatNoDocumentCanHoldIsInvalid) {
  const auto text = column(arrow::StringBuilder(), "x");
  for (const auto& batch :
       {batch_of({{"a", text}, {"a.b", text}}), batch_of({{"a.b", text}, {"a", text}}),
        batch_of({{"a", text}, {"a", text}}),
        batch_of({{"a", column(arrow::HalfFloatBuilder(), std::uint16_t{1})}})}) {
    const auto documents = Documents::of(batch);
    ASSERT_FALSE(documents) << batch->schema()->ToString();
    EXPECT_EQ(documents.error().code, Code::Invalid);
  }
}

}  // namespace
}  // namespace sextant::runtime::native
