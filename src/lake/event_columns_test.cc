#include "lake/event_columns.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>

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

ports::LakeFilePtr file_in(std::string_view folder, std::string unique_by = "") {
  ports::LakeFile file;
  file.path =
      "t/" + std::string(folder) + "/" + (unique_by.empty() ? "landed" : "merged") + ".parquet";
  file.unique_by = std::move(unique_by);
  return std::make_shared<const ports::LakeFile>(std::move(file));
}

TEST(EventColumns, AnHourOfOneFileThatAMergeMadeSureOfHasNoCopies) {
  const std::vector<std::string> unique{"a", "b"};
  const auto sure = unique_by(unique);
  EXPECT_EQ(sure, "a,b");
  EXPECT_EQ(hours_with_copies({}, unique), "");
  EXPECT_EQ(hours_with_copies(
                {file_in("date=2026-07-02/hour=5", sure), file_in("date=2026-07-02/hour=6", sure)},
                unique),
            "");
  EXPECT_EQ(hours_with_copies(
                {file_in("date=2026-07-02/hour=5", sure),
                 file_in("date=2026-07-02/hour=6"),       // nobody looked
                 file_in("date=2026-07-02/hour=7", "a"),  // at other columns
                 file_in("date=2026-07-03/hour=7", sure), file_in("date=2026-07-03/hour=7", sure)},
                unique),
            "(date = DATE '2026-07-02' AND hour = 6) OR (date = DATE '2026-07-02' AND hour = 7) OR "
            "(date = DATE '2026-07-03' AND hour = 7)");
  EXPECT_EQ(hours_with_copies({file_in("date=__HIVE_DEFAULT_PARTITION__/hour=__HIVE_DEFAULT_"
                                       "PARTITION__")},
                              unique),
            "(date IS NULL AND hour IS NULL)");
}

}  // namespace
}  // namespace sextant::lake
