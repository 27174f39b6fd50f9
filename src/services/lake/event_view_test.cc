#include "services/lake/event_view.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <optional>

#include "adapters/embedded/lake_files.h"
#include "adapters/embedded/posix_disk.h"
#include "tests/support/temporary_folder.h"

namespace sextant::services::lake {
namespace {

using Ids = std::vector<std::optional<std::string>>;

BatchPtr batch_of(const Ids& ids) {
  arrow::StringBuilder text;
  for (const auto& id : ids) EXPECT_TRUE((id ? text.Append(*id) : text.AppendNull()).ok());
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("event.id", arrow::utf8())}),
                                  static_cast<std::int64_t>(ids.size()), {*text.Finish()});
}

// A table `t` whose events are named by event.id, in files that no merge has looked at.
class EventViewTest : public testing::Test {
 protected:
  EventViewTest() {
    table_.name = TableName("t");
    table_.parameters["UniqueBy"] = "event.id";
  }

  void land(const std::string& hour, const BatchPtr& batch) {
    auto writer = files_->create("t/" + hour);
    ASSERT_TRUE(writer && (*writer)->write(batch));
    auto file = (*writer)->finish();
    ASSERT_TRUE(file) << file.error().message;
    contents_.schema = file->schema;
    contents_.files.push_back(std::make_shared<const ports::LakeFile>(std::move(*file)));
  }

  // Columns by ',', rows by ';', or what went wrong.
  std::string ask(std::string_view sql, std::uint64_t memory_bytes_max = 512ull << 20) {
    auto table = contents_;
    table.views.push_back(*event_view(table_, &contents_));
    auto reader = files_->query(sql, {table}, {.memory_bytes_max = memory_bytes_max});
    if (!reader) return name_of(reader.error().code);
    std::string text;
    for (;;) {
      auto batch = (*reader)->next();
      if (!batch) return name_of(batch.error().code);
      if (!*batch) return text;
      for (std::int64_t row = 0; row < (*batch)->num_rows(); ++row, text += ';') {
        for (int i = 0; i < (*batch)->num_columns(); ++i)
          text += (i == 0 ? "" : ",") + (*(*batch)->column(i)->GetScalar(row))->ToString();
      }
    }
  }
  static std::string name_of(Code code) {
    return code == Code::Exhausted ? "Exhausted" : "Code " + std::to_string(static_cast<int>(code));
  }

  test::TemporaryFolder folder_;
  adapters::PosixDisk disk_;
  std::unique_ptr<ports::LakeFiles> files_ =
      std::move(*adapters::open_lake_files(disk_, folder_ / "lake"));
  model::Table table_;
  ports::LakeTable contents_{.name = "t", .files = {}, .schema = nullptr};
};

TEST_F(EventViewTest, EachEventOfAnHourIsThereOnce) {
  const std::string nowhen = "date=__HIVE_DEFAULT_PARTITION__/hour=__HIVE_DEFAULT_PARTITION__";
  land("date=2026-07-02/hour=5", batch_of({"a", "b", {}}));
  land("date=2026-07-02/hour=5", batch_of({"a", "c", "c", {}}));
  land("date=2026-07-02/hour=6", batch_of({"a"}));
  EXPECT_EQ(ask("SELECT hour, event.id FROM t_events ORDER BY ALL"),
            "5,a;5,b;5,c;5,null;5,null;6,a;");
  EXPECT_EQ(ask("FROM t_events WHERE hour = 6"), ask("FROM t WHERE hour = 6"));
  land(nowhen, batch_of({"a", "d"}));
  land(nowhen, batch_of({"d", {}}));
  EXPECT_EQ(ask("SELECT hour, event.id FROM t_events ORDER BY ALL"),
            "5,a;5,b;5,c;5,null;5,null;6,a;null,a;null,d;null,null;");
  EXPECT_EQ(ask("SELECT count(*) FROM t_events WHERE date = '2026-07-02'"), "6;");
}

// Else a table's hours that are never merged, all together, are more than a query may hold.
TEST_F(EventViewTest, AQuestionOfOneDayLooksAtNoOther) {
  constexpr std::uint64_t kMemory = 320ull << 20;
  Ids ids(60'000);
  for (std::size_t i = 0; i < ids.size(); ++i)
    ids[i] = "an identifier of forty characters " + std::to_string(100'000 + i);
  const auto batch = batch_of(ids);
  for (int day = 10; day < 30; ++day) {
    for (int copy = 0; copy < 2; ++copy)
      land("date=2026-07-" + std::to_string(day) + "/hour=5", batch);
  }
  EXPECT_EQ(ask("SELECT count(*) FROM t_events WHERE date = '2026-07-12'", kMemory), "60000;");
  EXPECT_EQ(ask("SELECT count(*) FROM t_events WHERE date >= '2026-07-29' AND hour < 9", kMemory),
            "60000;");
  EXPECT_EQ(ask("SELECT count(*) FROM t_events", kMemory), "Exhausted") << "so the above says much";
}

}  // namespace
}  // namespace sextant::services::lake
