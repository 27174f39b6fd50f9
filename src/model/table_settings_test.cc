#include "model/table_settings.h"

#include <gtest/gtest.h>

namespace sextant::model {
namespace {

TEST(TableSettings, RetentionIsAWholeNumberOfDays) {
  using std::chrono::days;
  EXPECT_EQ(parse_retention("1"), days(1));
  EXPECT_EQ(parse_retention("36500"), days(36'500));
  for (const auto* text : {"", "0", "-1", "36501", "90d", " 90", "1.5", "99999999999999"}) {
    EXPECT_EQ(parse_retention(text).error().code, Code::Invalid) << text;
  }
  Table table;
  EXPECT_EQ(retention_of(table), std::nullopt);
  table.parameters["RetentionInDays"] = "90";
  EXPECT_EQ(retention_of(table), days(90));
}

}  // namespace
}  // namespace sextant::model
