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

TEST(TableSettings, AnEventIsNamedByColumns) {
  using Columns = std::vector<std::string>;
  EXPECT_EQ(parse_unique("event.id"), Columns{"event.id"});
  EXPECT_EQ(parse_unique("event.id, aws.cloudtrail.recipient_account_id "),
            (Columns{"event.id", "aws.cloudtrail.recipient_account_id"}));
  for (const auto* text : {"", " ", "a,,b", "a b", "a)", "\"a\"", ".a", "a.", "a..b"}) {
    EXPECT_EQ(parse_unique(text).error().code, Code::Invalid) << text;
  }
  Table table;
  EXPECT_TRUE(unique_columns_of(table).empty());
  table.parameters["UniqueBy"] = "event.id";
  EXPECT_EQ(unique_columns_of(table), Columns{"event.id"});
}

}  // namespace
}  // namespace sextant::model
