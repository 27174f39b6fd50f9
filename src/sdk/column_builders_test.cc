#include "sdk/column_builders.h"

#include <arrow/array.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include <string>

namespace sextant::sdk {
namespace {

TEST(NumberColumn, NullsAndValuesComeOutWhereTheyWereSet) {
  NumberColumn<std::int64_t> column;
  for (std::size_t row = 0; row < 1'000; ++row) {
    column.set(row, row % 3 == 0 ? NumberColumn<std::int64_t>::kNull : std::int64_t(row));
  }
  const auto array = column.finish(1'000, arrow::int64());
  ASSERT_TRUE(array->ValidateFull().ok());
  EXPECT_EQ(array->null_count(), 334);
  const auto& values = static_cast<const arrow::Int64Array&>(*array);
  for (std::int64_t row = 0; row < 1'000; ++row) {
    ASSERT_EQ(values.IsNull(row), row % 3 == 0);
    ASSERT_EQ(values.Value(row), row % 3 == 0 ? 0 : row);
  }
}

TEST(NumberColumn, ARowIsSetAgainAndTheColumnUsedAgain) {
  NumberColumn<double> column;
  column.set(0, 1);
  column.set(1, 2);
  column.set(1, 3);
  auto array = column.finish(2, arrow::float64());
  EXPECT_EQ(static_cast<const arrow::DoubleArray&>(*array).Value(1), 3);
  EXPECT_EQ(array->null_bitmap_data(), nullptr);
  column.set(0, 4);
  array = column.finish(1, arrow::float64());
  EXPECT_EQ(static_cast<const arrow::DoubleArray&>(*array).Value(0), 4);
  EXPECT_EQ(column.finish(0, arrow::float64())->length(), 0);
}

TEST(StringColumn, TheEmptyTextIsNullAndALaterSettingReplaces) {
  StringColumn column;
  column.set(0, "first");
  column.set(1, "a longer text that is taken back");
  column.set(1, "");
  column.set(2, "x");
  const auto array = column.finish_text(3);
  ASSERT_TRUE(array->ValidateFull().ok());
  const auto& values = static_cast<const arrow::StringArray&>(*array);
  EXPECT_EQ(values.GetView(0), "first");
  EXPECT_TRUE(values.IsNull(1));
  EXPECT_EQ(values.GetView(2), "x");
  EXPECT_EQ(column.finish_binary(0)->length(), 0);
}

TEST(DictionaryColumn, RepeatsAreOneValue) {
  DictionaryColumn column;
  const std::string_view texts[] = {"a", "a", "", "b", "a"};
  for (std::size_t row = 0; row < 5; ++row) column.set(row, texts[row]);
  const auto array = column.finish(5);
  ASSERT_TRUE(array->ValidateFull().ok());
  const auto& coded = static_cast<const arrow::DictionaryArray&>(*array);
  EXPECT_EQ(coded.dictionary()->length(), 2);
  EXPECT_EQ(coded.GetValueIndex(0), coded.GetValueIndex(4));
  EXPECT_TRUE(coded.IsNull(2));
}

}  // namespace
}  // namespace sextant::sdk
