#include "cli/text_table.h"

#include <gtest/gtest.h>

namespace sextant::cli {
namespace {

TEST(TextTable, ColumnsAreAsWideAsTheirWidestCellAndNumbersStandRight) {
  TextTable table({"name", "rows", "share"});
  EXPECT_TRUE(table.empty());
  table.add({"alb", "1,000", "7 %"});
  table.add({"größer", "5", ""});
  EXPECT_FALSE(table.empty());
  EXPECT_EQ(table.text(),
            "name    rows   share\n"
            "alb     1,000  7 %\n"
            "größer      5\n");
}

TEST(TextTable, WithoutRowsOnlyItsHeader) { EXPECT_EQ(TextTable({"a", "b"}).text(), "a  b\n"); }

TEST(HumanBytes, InTheLargestUnitBelow) {
  const std::pair<double, const char*> table[] = {
      {0, "0 B"},          {1023, "1023 B"},          {1024, "1.0 KiB"},
      {1536, "1.5 KiB"},   {1024. * 1024, "1.0 MiB"}, {5.25 * (1ull << 30), "5.2 GiB"},
      {1e15, "909.5 TiB"}, {1e18, "909494.7 TiB"}};
  for (const auto& [bytes, expected] : table) EXPECT_EQ(human_bytes(bytes), expected);
}

TEST(Grouped, ByThousands) {
  const std::pair<std::uint64_t, const char*> table[] = {
      {0, "0"},
      {999, "999"},
      {1'000, "1,000"},
      {12'345, "12,345"},
      {123'456, "123,456"},
      {1'000'000, "1,000,000"},
      {18'446'744'073'709'551'615u, "18,446,744,073,709,551,615"}};
  for (const auto& [number, expected] : table) EXPECT_EQ(grouped(number), expected);
}

}  // namespace
}  // namespace sextant::cli
