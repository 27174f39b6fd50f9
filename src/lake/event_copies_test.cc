#include "lake/event_copies.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <optional>

namespace sextant::lake {
namespace {

struct Row {
  std::optional<std::string> name;
  std::optional<std::string> place = "a";
  std::optional<std::int64_t> offset = 0;
};

BatchPtr batch_of(const std::vector<Row>& rows) {
  arrow::StringBuilder names;
  arrow::StringBuilder places;
  arrow::Int64Builder offsets;
  for (const auto& row : rows) {
    EXPECT_TRUE((row.name ? names.Append(*row.name) : names.AppendNull()).ok());
    EXPECT_TRUE((row.place ? places.Append(*row.place) : places.AppendNull()).ok());
    EXPECT_TRUE((row.offset ? offsets.Append(*row.offset) : offsets.AppendNull()).ok());
  }
  const auto schema = arrow::schema({arrow::field("__event_name", arrow::utf8()),
                                     arrow::field("__event_place", arrow::utf8()),
                                     arrow::field("__event_offset", arrow::int64())});
  return arrow::RecordBatch::Make(schema, static_cast<std::int64_t>(rows.size()),
                                  {*names.Finish(), *places.Finish(), *offsets.Finish()});
}

using Rows = std::vector<std::int32_t>;

struct Case {
  const char* what;
  std::vector<Row> rows;
  Rows stay;
};

const Case kCases[] = {
    {"each is an event", {{"x"}, {"y"}}, {0, 1}},
    {"without a name nothing is a copy", {{{}}, {{}}, {"x"}}, {0, 1, 2}},
    {"the first place", {{"x", "b"}, {"x", "a"}, {"x", "c"}}, {1}},
    {"then the first offset", {{"x", "a", 10}, {"x", "a", 9}, {"x", "a", 11}}, {1}},
    {"alike in all: one", {{"x"}, {"x"}, {"x"}}, {0}},
    {"nowhere is last", {{"x", {}, {}}, {"x", {}, 5}, {"x", "z", {}}}, {2}},
    {"no offset is last", {{"x", "a", {}}, {"x", "a", 7}}, {1}},
    {"nowhere at all", {{"x", {}, {}}, {"x", {}, {}}, {"y", {}, {}}}, {0, 2}},
};

TEST(EventCopies, TheFirstOfEachEventStays) {
  for (const auto& row : kCases) {
    EventCopies copies;
    const auto batch = batch_of(row.rows);
    ASSERT_TRUE(copies.learn(batch)) << row.what;
    EXPECT_EQ(copies.count(), row.rows.size() - row.stay.size()) << row.what;
    EXPECT_EQ(*copies.choose(batch), row.stay) << row.what;
  }
}

TEST(EventCopies, InWhicheverOrderTheBatchesCome) {
  const auto late = batch_of({{"x", "b"}, {"y", "b"}});
  const auto early = batch_of({{"x", "a"}, {"z", "a"}});
  EventCopies copies;
  ASSERT_TRUE(copies.learn(late));
  ASSERT_TRUE(copies.learn(early));
  EXPECT_EQ(copies.count(), 1u);
  EXPECT_EQ(*copies.choose(early), (Rows{0, 1}));
  EXPECT_EQ(*copies.choose(late), (Rows{1}));
}

// Whatever does not fit stays, and the count is of what will be left out.
TEST(EventCopies, RowsBeyondItsMemoryStay) {
  std::vector<Row> rows;
  const std::string large(16'384, 'c');
  for (const auto& name : {"aaaa", "bbbb", large.c_str(), "aaaa", large.c_str(), "d", "d", "aaaa"})
    rows.push_back({name, "place"});
  rows.push_back({"aaaa", "elsewhere"});
  EventCopies copies(large.size());
  const auto batch = batch_of(rows);
  ASSERT_TRUE(copies.learn(batch));
  EXPECT_EQ(copies.count(), 2u);
  EXPECT_EQ(*copies.choose(batch), (Rows{0, 1, 2, 4, 5, 6, 8}));
}

// Short names: their places and numbers are most of what is held.
TEST(EventCopies, ItsMemoryIsBoundedWhateverNamesHave) {
  constexpr std::uint64_t kMax = 1 << 20;
  std::vector<Row> rows(50'000);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].name = "6:" + std::to_string(100'000 + i);
  EventCopies copies(kMax);
  ASSERT_TRUE(copies.learn(batch_of(rows)));
  EXPECT_FALSE(copies.is_complete());
  EXPECT_LE(copies.memory_bytes(), kMax);
  EXPECT_GT(copies.memory_bytes(), kMax / 4) << "and what there is gets used";
}

TEST(EventCopies, OtherColumnsAreRefused) {
  const auto batch = batch_of({{"x"}})->RemoveColumn(1).ValueOrDie();
  EXPECT_EQ(EventCopies().learn(batch).error().code, Code::Invalid);
}

TEST(EventCopies, ANameTellsWhereItsPartsEnd) {
  const auto sql = EventCopies::columns({.names = {"\"a\"", "\"b\""}});
  EXPECT_EQ(sql,
            "strlen(CAST(\"a\" AS VARCHAR)) || ':' || CAST(\"a\" AS VARCHAR) || "
            "strlen(CAST(\"b\" AS VARCHAR)) || ':' || CAST(\"b\" AS VARCHAR) AS __event_name, "
            "CAST(NULL AS VARCHAR) AS __event_place, CAST(NULL AS BIGINT) AS __event_offset");
}

}  // namespace
}  // namespace sextant::lake
