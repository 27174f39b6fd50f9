#include "lake/export.h"

#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <parquet/arrow/reader.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "tests/support/lake_fixture.h"

namespace sextant::lake {
namespace {

// All of it, as the wire gives it piece by piece.
Result<std::string> encoded(ports::RowReader& rows, RowFormat format) {
  SX_TRY_AS(auto encoder, make_row_encoder(format, rows.schema()));
  std::string all;
  for (;;) {
    SX_TRY_AS(const auto batch, rows.next());
    SX_TRY_AS(const auto bytes, batch ? encoder->add(batch) : encoder->finish());
    all += bytes;
    if (!batch) return all;
  }
}

class ExportTest : public LakeTest {
 protected:
  Result<std::string> rows(const std::string& sql, RowFormat format) {
    std::vector<ports::LakeTable> tables;
    if (const auto alb = manifest_->find(TableName("alb")); alb && *alb) tables.push_back(**alb);
    SX_TRY_AS(auto reader, files_->query(sql, tables, {}));
    return encoded(*reader, format);
  }
};

constexpr std::string_view kOfAllTypes =
    "SELECT 1::TINYINT AS i8, 9007199254740993 AS i64, sum(1) AS huge, 1.5 AS dec, 0.1::DOUBLE AS "
    "dbl, "
    "'NaN'::DOUBLE AS nan, true AS yes, NULL AS nothing, 'a\"b,c\\\n' AS text, "
    "TIMESTAMPTZ '2026-07-02 22:23:00.186641Z' AS ts, DATE '2026-07-02' AS day, 'x'::BLOB AS "
    "bytes, "
    "{'ip': '198.51.100.7', 'geo': {'c': 'DE'}} AS source, [1, NULL] AS list, MAP {'k': 1} AS m, "
    "'small'::ENUM('small') AS e";

TEST_F(ExportTest, JsonHasEveryType) {
  const auto text = rows(std::string(kOfAllTypes), RowFormat::Json);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(*text,
            R"([{"i8":1,"i64":9007199254740993,"huge":1,"dec":1.5,"dbl":0.1,"nan":null,"yes":true,)"
            R"("nothing":null,"text":"a\"b,c\\\n","ts":"2026-07-02T22:23:00.186641Z",)"
            R"("day":"2026-07-02","bytes":"eA==","source":{"ip":"198.51.100.7","geo":{"c":"DE"}},)"
            R"("list":[1,null],"m":[{"key":"k","value":1}],"e":"small"}])"
            "\n");
  EXPECT_TRUE(json::parse(*text));
}

TEST_F(ExportTest, NumbersAreAsPeopleWriteThem) {
  EXPECT_EQ(
      *rows("SELECT 0.1::FLOAT AS f, 0.00818::DOUBLE AS d, [1.5::FLOAT] AS l", RowFormat::Json),
      "[{\"f\":0.1,\"d\":0.00818,\"l\":[1.5]}]\n");
}

TEST_F(ExportTest, CsvQuotesWhatNeedsIt) {
  const auto text = rows(
      "SELECT 'a\"b,c' AS \"x,y\", {'ip': 'z'} AS s, NULL AS n, "
      "TIMESTAMPTZ '2026-07-02 22:23:00Z' AS ts",
      RowFormat::Csv);
  EXPECT_EQ(*text,
            "\"x,y\",s,n,ts\r\n\"a\"\"b,c\",\"{\"\"ip\"\":\"\"z\"\"}\",,2026-07-02T22:23:00Z\r\n");
}

TEST_F(ExportTest, NoRowsAreStillAResult) {
  const std::string none = "SELECT 1 AS a WHERE false";
  EXPECT_EQ(*rows(none, RowFormat::Json), "[]\n");
  EXPECT_EQ(*rows(none, RowFormat::NdJson), "");
  EXPECT_EQ(*rows(none, RowFormat::Csv), "a\r\n");
  EXPECT_TRUE(rows(none, RowFormat::Parquet));
  EXPECT_TRUE(rows(none, RowFormat::Arrow));
}

TEST_F(ExportTest, RowsOfATableComeOutInEveryFormat) {
  auto lander = this->lander();
  ASSERT_TRUE(land(*lander, "one", {test::make_lake_rows({.rows = 5'000})}).get());
  const std::string all = "SELECT * FROM alb ORDER BY ts";
  const auto lines = rows(all, RowFormat::NdJson);
  ASSERT_TRUE(lines);
  EXPECT_EQ(std::ranges::count(*lines, '\n'), 5'000);
  EXPECT_EQ(
      lines->substr(0, lines->find('\n')),
      R"({"ts":"2026-07-02T22:23:00Z","source":{"ip":"198.51.100.0"},)"
      R"("http":{"response":{"status_code":200}},"url":{"original":"https://example.com/a/0"},)"
      R"("event":{"duration":0},"tags":[],"date":"2026-07-02","hour":22})");
  EXPECT_TRUE(json::parse(*rows(all, RowFormat::Json)));

  const auto stream = rows(all, RowFormat::Arrow);
  auto reader = arrow::ipc::RecordBatchStreamReader::Open(
                    std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(*stream)))
                    .ValueOrDie();
  EXPECT_EQ(reader->ToTable().ValueOrDie()->num_rows(), 5'000);

  const auto file = rows(all, RowFormat::Parquet);
  auto parquet = parquet::arrow::OpenFile(
                     std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(*file)),
                     arrow::default_memory_pool())
                     .ValueOrDie();
  EXPECT_EQ(parquet->ReadTable().ValueOrDie()->num_rows(), 5'000);
}

TEST_F(ExportTest, NamesAreUniqueAndKnown) {
  EXPECT_EQ(*rows("SELECT 1 AS a, 2 AS a", RowFormat::NdJson), "{\"a\":1,\"a:1\":2}\n");
  EXPECT_EQ(find_row_format("ndjson"), RowFormat::NdJson);
  EXPECT_EQ(find_row_format("xml"), std::nullopt);
  EXPECT_EQ(content_type(RowFormat::Json), "application/json");
}

}  // namespace
}  // namespace sextant::lake
