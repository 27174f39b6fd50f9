#include "lake/partitions.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "tests/support/lake_rows.h"

namespace sextant::lake {
namespace {

BatchPtr times(const std::vector<std::int64_t>& micros, bool last_null = false) {
  arrow::TimestampBuilder builder(test::utc_micros(), arrow::default_memory_pool());
  EXPECT_TRUE(builder.AppendValues(micros).ok());
  if (last_null) {
    EXPECT_TRUE(builder.AppendNull().ok());
  }
  auto array = builder.Finish().ValueOrDie();
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("ts", test::utc_micros())}),
                                  array->length(), {array});
}

constexpr std::int64_t kHour = 3'600'000'000;

TEST(SplitByHour, OneHourIsPassedOnWhole) {
  const auto parts = split_by_hour(times({kHour, kHour + 1, 2 * kHour - 1}));
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 1u);
  EXPECT_TRUE(parts->front().all);
  EXPECT_EQ(parts->front().hour, 1);
  EXPECT_TRUE(split_by_hour(times({}))->empty());
}

TEST(SplitByHour, HoursGetTheirRowsInOrder) {
  const auto parts = split_by_hour(times({kHour, 0, kHour + 5, -1, 1}, true));
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 4u);
  EXPECT_EQ(parts->at(0).hour, 1);
  EXPECT_EQ(parts->at(0).rows, (std::vector<std::int32_t>{0, 2}));
  EXPECT_EQ(parts->at(1).hour, 0);
  EXPECT_EQ(parts->at(1).rows, (std::vector<std::int32_t>{1, 4}));
  EXPECT_EQ(parts->at(2).hour, -1);
  EXPECT_EQ(parts->at(3).hour, std::nullopt);
  EXPECT_EQ(parts->at(3).rows, (std::vector<std::int32_t>{5}));
}

TEST(SplitByHour, TimesNoCalendarHasCountAsNone) {
  const auto parts =
      split_by_hour(times({std::numeric_limits<std::int64_t>::max(), -70'000'000'000'000'000}));
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 1u);
  EXPECT_EQ(parts->front().hour, std::nullopt);
}

TEST(SplitByHour, WithoutTimeColumnIsInvalid) {
  const auto text = arrow::RecordBatch::Make(arrow::schema({arrow::field("ts", arrow::utf8())}), 0,
                                             {arrow::MakeEmptyArray(arrow::utf8()).ValueOrDie()});
  EXPECT_EQ(split_by_hour(text).error().code, Code::Invalid);
  const auto none =
      arrow::RecordBatch::Make(arrow::schema(arrow::FieldVector{}), 0, arrow::ArrayVector{});
  EXPECT_EQ(split_by_hour(none).error().code, Code::Invalid);
}

TEST(PartitionFolder, NamesDateAndHourAndReadsThemBack) {
  const TableName alb("alb");
  EXPECT_EQ(partition_folder(alb, 0), "alb/date=1970-01-01/hour=00");
  EXPECT_EQ(partition_folder(alb, -1), "alb/date=1969-12-31/hour=23");
  EXPECT_EQ(partition_folder(alb, 495'358), "alb/date=2026-07-05/hour=22");
  const auto values = partition_of(partition_folder(alb, 5) + "/x.parquet");
  EXPECT_EQ(values.date, "1970-01-01");
  EXPECT_EQ(values.hour, "5");
  EXPECT_EQ(partition_of("alb/date=2026-07-02/hour=00/x").hour, "0");
  const auto none = partition_of(partition_folder(alb, std::nullopt) + "/x.parquet");
  EXPECT_EQ(none.date, std::nullopt);
  EXPECT_EQ(none.hour, std::nullopt);
}

}  // namespace
}  // namespace sextant::lake
