#include "lake/event_columns.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

namespace sextant::lake {
namespace {

using arrow::field;

TEST(EventColumns, AreThereWhenTheTableHasThemAll) {
  const auto event = arrow::struct_({field("id", arrow::utf8())});
  const auto schema = arrow::schema({field("event", event), field("n", arrow::int32())});
  struct {
    std::vector<std::string> unique;
    std::vector<std::string> names;  // none: they cannot be compared
  } const table[] = {
      {{"event.id"}, {R"("event"."id")"}},
      {{"event.id", "n"}, {R"("event"."id")", R"("n")"}},
      {{}, {}},
      {{"event.id", "m"}, {}},
      {{"event"}, {}},
      {{"event.id.more"}, {}},
      {{"n.id"}, {}},
  };
  for (const auto& row : table) {
    const auto found = event_columns(schema, row.unique);
    EXPECT_EQ(found ? found->names : std::vector<std::string>{}, row.names)
        << testing::PrintToString(row.unique);
  }
  EXPECT_FALSE(event_columns(nullptr, {"event.id"}));
}

TEST(EventColumns, TheFirstCopyIsTheOneThatLiesFirst) {
  const auto file = arrow::struct_({field("path", arrow::utf8())});
  const auto log = arrow::struct_({field("file", file), field("offset", arrow::int64())});
  const auto placed =
      event_columns(arrow::schema({field("id", arrow::utf8()), field("log", log)}), {"id"});
  EXPECT_EQ(placed->place, R"(CAST("log"."file"."path" AS VARCHAR))");
  EXPECT_EQ(placed->offset, R"(CAST("log"."offset" AS BIGINT))");
  const auto bare = event_columns(arrow::schema({field("id", arrow::utf8())}), {"id"});
  EXPECT_EQ(bare->place, "CAST(NULL AS VARCHAR)");
}

}  // namespace
}  // namespace sextant::lake
