// links: adapters ports core
// What every LakeFiles promises (ports/lake_files.h).
#include <arrow/api.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "adapters/embedded/lake_files.h"
#include "adapters/embedded/posix_disk.h"
#include "adapters/faulty/lake_files.h"
#include "ports/lake_files.h"
#include "tests/support/lake_rows.h"
#include "tests/support/temporary_folder.h"

namespace sextant {
namespace {

using ports::LakeFile;
using ports::LakeTable;

struct EmbeddedLake {
  test::TemporaryFolder folder;
  adapters::PosixDisk disk;
  std::unique_ptr<ports::LakeFiles> files =
      std::move(*adapters::open_lake_files(disk, folder / "lake"));
  std::filesystem::path path(const LakeFile& file) const { return folder / "lake" / file.path; }
};

struct FaultyLake {  // when nothing fails
  test::TemporaryFolder folder;
  adapters::PosixDisk disk;
  SystemClock clock;
  adapters::Faults faults{1, {}, clock};
  std::unique_ptr<ports::LakeFiles> inner =
      std::move(*adapters::open_lake_files(disk, folder / "lake"));
  std::unique_ptr<ports::LakeFiles> files =
      std::make_unique<adapters::FaultyLakeFiles>(*inner, faults);
  std::filesystem::path path(const LakeFile& file) const { return folder / "lake" / file.path; }
};

template <typename Traits>
class LakeFilesContract : public testing::Test {
 protected:
  LakeFile land(const BatchPtr& batch, std::string_view where = "alb/date=2026-07-02/hour=22") {
    auto writer = files().create(where);
    EXPECT_TRUE(writer);
    EXPECT_TRUE((*writer)->write(batch));
    auto file = (*writer)->finish();
    EXPECT_TRUE(file) << (file ? "" : file.error().message);
    return file.value_or(LakeFile{});
  }

  static LakeTable table(std::vector<LakeFile> files, std::string name = "alb") {
    LakeTable made{.name = std::move(name), .files = {}, .schema = nullptr};
    for (auto& file : files) {
      made.schema = file.schema;
      made.files.push_back(std::make_shared<const LakeFile>(std::move(file)));
    }
    return made;
  }

  // The rows as text: columns by ',', rows by ';'. Errors as "code: message".
  std::string ask(std::string_view sql, const std::vector<LakeTable>& tables,
                  const ports::QueryLimits& limits = {}) {
    auto reader = files().query(sql, tables, limits);
    if (!reader) return said(reader.error());
    std::string text;
    for (;;) {
      auto batch = (*reader)->next();
      if (!batch) return said(batch.error());
      if (!*batch) return text;
      EXPECT_TRUE((*batch)->ValidateFull().ok());
      for (std::int64_t row = 0; row < (*batch)->num_rows(); ++row) {
        for (int i = 0; i < (*batch)->num_columns(); ++i) {
          if (i > 0) text += ',';
          text += (*(*batch)->column(i)->GetScalar(row))->ToString();
        }
        text += ';';
      }
    }
  }

  static BatchPtr replaced(const BatchPtr& batch, int at,
                           const std::shared_ptr<arrow::Array>& column) {
    const auto field = batch->schema()->field(at)->WithType(column->type());
    return batch->SetColumn(at, field, column).ValueOrDie();
  }

  static std::string said(const Error& error) {
    return std::string(to_string(error.code)) + ": " + error.message;
  }

  ports::LakeFiles& files() { return *lake_.files; }
  Traits lake_;
};

TYPED_TEST_SUITE_P(LakeFilesContract);

TYPED_TEST_P(LakeFilesContract, WhatIsWrittenIsRead) {
  const auto file = this->land(test::make_lake_rows({.rows = 100}));
  EXPECT_EQ(file.rows, 100u);
  EXPECT_EQ(file.ts_min, test::kLakeTime);
  EXPECT_EQ(file.ts_max, test::kLakeTime + std::chrono::milliseconds(99));
  EXPECT_EQ(file.size, std::filesystem::file_size(this->lake_.path(file)));
  EXPECT_TRUE(this->files().verify(file));
  const auto alb = this->table({file});
  EXPECT_EQ(this->ask("SELECT count(*), count(http.response.status_code), sum(event.duration), "
                      "count(DISTINCT source.ip), sum(len(tags)) FROM alb",
                      {alb}),
            "100,86,618.75,50,99;");
  EXPECT_EQ(this->ask("SELECT ts, source.ip, url.original, tags, date, hour FROM ALB "
                      "WHERE url.original LIKE '%/99'",
                      {alb}),
            "2026-07-02 22:23:00.099000Z,198.51.100.49,https://example.com/a/99,"
            "list<l: string>[],2026-07-02,22;");
}

TYPED_TEST_P(LakeFilesContract, ManyBatchesBecomeOneFile) {
  auto writer = this->files().create("alb/date=2026-07-02/hour=22");
  ASSERT_TRUE(writer);
  const std::vector<std::int32_t> some{9, 3, 3};
  for (int i = 0; i < 100; ++i) {
    const auto batch = test::make_lake_rows({.rows = 10, .marker = std::to_string(i)});
    ASSERT_TRUE((*writer)->write(batch));
    ASSERT_TRUE((*writer)->write(batch->Slice(5)));
    ASSERT_TRUE((*writer)->write(batch, some));
  }
  EXPECT_GT((*writer)->buffered_bytes(), 0u);
  const auto file = (*writer)->finish();
  ASSERT_TRUE(file);
  EXPECT_EQ(file->rows, 1'800u);
  const auto alb = this->table({*file});
  EXPECT_EQ(this->ask("SELECT url.original, source.ip, event.duration, count(*) FROM alb "
                      "WHERE url.original LIKE '%/77/%' GROUP BY ALL ORDER BY 4 DESC, 1 LIMIT 3",
                      {alb}),
            "https://example.com/77/3,198.51.100.3,0.375,3;"
            "https://example.com/77/9,198.51.100.9,1.125,3;"
            "https://example.com/77/5,198.51.100.5,0.625,2;");
  EXPECT_EQ(this->ask("SELECT count(*), count(http.response.status_code) FROM alb", {alb}),
            "1800,1600;");
}

TYPED_TEST_P(LakeFilesContract, RowGroupsAreBoundedAndKeepTheOrder) {
  auto writer = this->files().create("alb/date=2026-07-02/hour=22");
  ASSERT_TRUE(writer);
  std::uint64_t most = 0;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(
        (*writer)->write(test::make_lake_rows({.rows = 20'000, .marker = std::to_string(i)})));
    most = std::max(most, (*writer)->buffered_bytes());
  }
  EXPECT_GT((*writer)->written_bytes(), 0u);
  EXPECT_LT(most, 100u << 20);
  const auto file = (*writer)->finish();
  ASSERT_TRUE(file);
  EXPECT_EQ(this->ask("SELECT count(*), count(DISTINCT url.original), min(ts), max(event.duration) "
                      "FROM alb",
                      {this->table({*file})}),
            "400000,400000,2026-07-02 22:23:00.000000Z,2499.875;");
}

TYPED_TEST_P(LakeFilesContract, AnUnfinishedFileLeavesNothing) {
  {
    auto writer = this->files().create("alb/date=2026-07-02/hour=22");
    ASSERT_TRUE(writer);
    for (int i = 0; i < 10; ++i) {
      ASSERT_TRUE((*writer)->write(test::make_lake_rows({.rows = 20'000})));
    }
    ASSERT_GT((*writer)->written_bytes(), 0u);
    EXPECT_EQ(this->files().list("alb/date=2026-07-02/hour=22")->size(), 1u);
  }
  EXPECT_TRUE(this->files().list("alb/date=2026-07-02/hour=22")->empty());
}

TYPED_TEST_P(LakeFilesContract, AFileTakesBatchesOfOneSchema) {
  auto writer = this->files().create("alb/date=2026-07-02/hour=22");
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->write(test::make_lake_rows()));
  const auto other = (*writer)->write(test::make_lake_rows({.extra_column = true}));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::Invalid);
  EXPECT_FALSE((*this->files().create("alb/date=2026-07-02/hour=22"))->finish());
}

TYPED_TEST_P(LakeFilesContract, PathsStayInside) {
  for (const char* path : {"", "/etc", "..", "alb/../../x", "alb/./x", "alb//x"}) {
    EXPECT_EQ(this->files().create(path).error().code, Code::Invalid) << path;
    EXPECT_EQ(this->files().remove(path).error().code, Code::Invalid) << path;
    EXPECT_EQ(this->files().publish(path, "x", ports::IfExists::Fail).error().code, Code::Invalid);
    EXPECT_EQ(this->files().published(path).error().code, Code::Invalid) << path;
  }
}

TYPED_TEST_P(LakeFilesContract, RemovingTwiceIsNotAnError) {
  const auto file = this->land(test::make_lake_rows());
  EXPECT_EQ(this->files().list(""), (std::vector<std::string>{"alb/"}));
  EXPECT_TRUE(this->files().remove(file.path));
  EXPECT_TRUE(this->files().remove(file.path));
  EXPECT_EQ(this->files().verify(file).error().code, Code::NotFound);
  EXPECT_TRUE(this->files().list("nowhere")->empty());
}

TYPED_TEST_P(LakeFilesContract, PublishingIsExclusiveOrReplaces) {
  auto& files = this->files();
  const std::string path = "alb/_delta_log/00000000000000000000.json";
  EXPECT_EQ(files.published(path).error().code, Code::NotFound);
  ASSERT_TRUE(files.publish(path, "one", ports::IfExists::Fail));
  EXPECT_EQ(files.publish(path, "two", ports::IfExists::Fail).error().code, Code::Conflict);
  EXPECT_EQ(files.published(path), "one");
  ASSERT_TRUE(files.publish(path, "three", ports::IfExists::Replace));
  EXPECT_EQ(files.published(path), "three");
  EXPECT_EQ(files.list("alb/_delta_log"), (std::vector<std::string>{"00000000000000000000.json"}));
}

TYPED_TEST_P(LakeFilesContract, AliasesOfTheSchemaAreColumns) {
  const auto rows = test::make_lake_rows({.rows = 5});
  const auto metadata = arrow::key_value_metadata(
      {"alias:event.end", "alias:nothing", "alias:tags", "other"}, {"ts", "missing", "ts", "y"});
  const auto alb = this->table({this->land(rows->ReplaceSchemaMetadata(metadata))});
  EXPECT_EQ(this->ask("SELECT count(*), bool_and(event.\"end\" = ts), "
                      "sum(len(tags)) FROM alb",
                      {alb}),
            "5,true,4;");
  EXPECT_TRUE(this->ask("SELECT nothing FROM alb", {alb}).starts_with("Invalid: "));
}

TYPED_TEST_P(LakeFilesContract, DictionariesOfAnyShapeKeepTheirRows) {
  arrow::StringBuilder texts;
  arrow::Int32Builder indices;
  ASSERT_TRUE(texts.AppendValues({"a", "b", "a"}).ok());  // one of them twice
  ASSERT_TRUE(texts.AppendNull().ok());
  for (int i = 0; i < 40'000; ++i) {
    ASSERT_TRUE((i % 5 == 4 ? indices.AppendNull() : indices.Append(i % 5)).ok());
  }
  const auto column =
      arrow::DictionaryArray::FromArrays(indices.Finish().ValueOrDie(), texts.Finish().ValueOrDie())
          .ValueOrDie();
  const auto rows = test::make_lake_rows({.rows = 40'000});
  const auto batch = this->replaced(rows, 1, column);
  const std::string counts =
      "SELECT count(*) FILTER (source.ip = 'a'), count(*) FILTER (source.ip = 'b'), "
      "count(*) FILTER (source.ip IS NULL) FROM alb";
  EXPECT_EQ(this->ask(counts, {this->table({this->land(batch)})}), "16000,8000,16000;");
  EXPECT_EQ(this->ask(counts, {this->table({this->land(batch->Slice(0, 1'000))})}), "400,200,400;");
  EXPECT_EQ(this->ask(counts, {this->table({this->land(batch->Slice(3, 3))})}), "1,0,2;");
}

TYPED_TEST_P(LakeFilesContract, TextThatHardlyRepeatsIsReadAsItWas) {
  const auto rows = test::make_lake_rows({.rows = 40'000});
  arrow::StringDictionary32Builder unique;
  for (int i = 0; i < 40'000; ++i) {
    const auto text = "value-" + std::to_string(i);
    ASSERT_TRUE((i % 3 == 0 ? unique.AppendNull() : unique.Append(text)).ok());
  }
  const auto batch = this->replaced(rows, 1, unique.Finish().ValueOrDie());
  auto writer = this->files().create("alb/date=2026-07-02/hour=22");
  ASSERT_TRUE(writer);
  // A row group of its own, one that is gathered, and one where the values do repeat.
  ASSERT_TRUE((*writer)->write(batch));
  ASSERT_TRUE((*writer)->write(batch->Slice(0, 10)));
  ASSERT_TRUE((*writer)->write(rows));
  const auto file = (*writer)->finish();
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(this->ask("SELECT count(*), count(source.ip), count(DISTINCT source.ip), "
                      "min(source.ip) FROM alb",
                      {this->table({*file})}),
            "80010,66672,26716,198.51.100.0;");
}

TYPED_TEST_P(LakeFilesContract, TextThatIsNotUtf8IsRefused) {
  const auto rows = test::make_lake_rows({.rows = 2});
  arrow::StringBuilder text;
  ASSERT_TRUE(text.AppendValues({"good", "bad \xFF"}).ok());
  const auto batch = this->replaced(rows, 3, text.Finish().ValueOrDie());
  auto writer = this->files().create("alb/date=2026-07-02/hour=22");
  ASSERT_TRUE((*writer)->write(batch));
  const auto file = (*writer)->finish();
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Code::Invalid);
  EXPECT_EQ(file.error().message, "column 'url.original': a text is not UTF-8");
}

TYPED_TEST_P(LakeFilesContract, ANewColumnIsNullInOldFiles) {
  const auto old_file = this->land(test::make_lake_rows({.rows = 3}));
  const auto new_file = this->land(test::make_lake_rows({.rows = 2, .extra_column = true}));
  EXPECT_EQ(this->ask("SELECT count(*), count(user.name), min(\"user\".name) FROM alb",
                      {this->table({old_file, new_file})}),
            "5,2,user-0;");
}

TYPED_TEST_P(LakeFilesContract, ATableWithoutFilesIsEmptyAndTyped) {
  const auto file = this->land(test::make_lake_rows());
  const LakeTable empty{.name = "alb", .files = {}, .schema = file.schema};
  EXPECT_EQ(this->ask("SELECT count(*) FROM alb WHERE source.ip = 'x' AND hour = 3", {empty}),
            "0;");
  EXPECT_EQ(this->ask("SELECT sum(http.response.status_code) FROM alb", {empty}), "null;");
}

TYPED_TEST_P(LakeFilesContract, ViewsAreReadByTheirNames) {
  auto alb = this->table({this->land(test::make_lake_rows())});
  alb.views = {
      {.name = "few", .sql = "SELECT * FROM alb LIMIT 4", .from = "alb"},
      {.name = "counts", .sql = "SELECT hour, count(*) AS n FROM few GROUP BY ALL", .from = "few"},
      {.name = "last",
       .sql =
           "SELECT * EXCLUDE (__sextant_file, file_row_number) FROM {rows} WHERE (__sextant_file, "
           "file_row_number) IN (SELECT (max(__sextant_file), 9::BIGINT) FROM {rows})",
       .from = "alb"},
      {.name = "wrong", .sql = "SELECT nothing FROM alb", .from = "alb"},
  };
  EXPECT_EQ(this->ask("SELECT count(*) FROM few", {alb}), "4;");
  EXPECT_EQ(this->ask("FROM Counts", {alb}), "22,4;") << "and what it reads is there";
  EXPECT_EQ(this->ask("SELECT count(*) FROM alb, few", {alb}), "40;");
  EXPECT_EQ(this->ask("SELECT count(*) FROM alb", {alb}), "10;") << "what nobody names is not made";
  EXPECT_EQ(this->ask("SELECT url.original FROM last", {alb}), "https://example.com/a/9;");
  EXPECT_EQ(this->ask("SELECT count(*) FROM (DESCRIBE last)", {alb}),
            this->ask("SELECT count(*) FROM (DESCRIBE alb)", {alb}));
  EXPECT_TRUE(this->ask("FROM wrong", {alb}).starts_with("Invalid: view wrong "));
  EXPECT_EQ(this->ask("FROM fewer", {alb}),
            "Invalid: there is no table 'fewer'; there are: alb; views: few, counts, last, wrong");
}

// No rows would say that nothing happened.
TYPED_TEST_P(LakeFilesContract, AViewThatDoesNotFitItsRowsIsNotEmpty) {
  auto alb = this->table({this->land(test::make_lake_rows())});
  alb.views = {{.name = "lacking",
                .sql = "SELECT source.port AS port, count(*) AS n FROM alb GROUP BY ALL",
                .from = "alb",
                .columns = "port INTEGER, n BIGINT"}};
  for (const auto* sql :
       {"FROM lacking", "SELECT sum(n) FROM Lacking", "DESCRIBE lacking", "SUMMARIZE lacking"}) {
    const auto said = this->ask(sql, {alb});
    EXPECT_TRUE(said.starts_with("Invalid: view lacking does not fit the rows of table alb: ") &&
                said.contains("port"))
        << sql << ": " << said;
  }
  for (const auto* sql : {"SHOW TABLES", "SELECT count(*) FROM alb", "DESCRIBE alb"})
    EXPECT_FALSE(this->ask(sql, {alb}).starts_with("Invalid"))
        << sql << ": " << this->ask(sql, {alb});
  EXPECT_TRUE(this->ask("SELECT nofn(*) FROM alb", {alb}).contains("nofn")) << "its own mistake";
  alb.files.clear();
  EXPECT_EQ(this->ask("FROM lacking", {alb}), "") << "nothing has landed";
  EXPECT_EQ(this->ask("SELECT sum(n) FROM lacking", {alb}), "null;");
}

TYPED_TEST_P(LakeFilesContract, RowsAreToldApartWhateverColumnsTheyHave) {
  const auto table_with = [&](const std::string& column) {
    arrow::StringBuilder text;
    EXPECT_TRUE(text.AppendValues({"a", "b"}).ok());
    const auto schema = arrow::schema({arrow::field(column, arrow::utf8())});
    auto alb = this->table({this->land(
        arrow::RecordBatch::Make(schema, 2, {std::shared_ptr<arrow::Array>(*text.Finish())}))});
    alb.views = {{.name = "second",
                  .sql = "SELECT * EXCLUDE (__sextant_file, file_row_number) FROM {rows} "
                         "WHERE file_row_number = 1 AND __sextant_file NOT LIKE '%/%'",
                  .from = "alb"}};
    return alb;
  };
  for (const auto* column : {"filename", "file_name", "file_index"})
    EXPECT_EQ(this->ask(std::string("SELECT ") + column + " FROM second", {table_with(column)}),
              "b;");
  EXPECT_EQ(this->ask("FROM second", {table_with("File_Row_Number")}),
            "Invalid: view second: table alb has a column 'file_row_number', which is kept for the "
            "numbers of its rows: land it under another name");
}

TYPED_TEST_P(LakeFilesContract, QueriesOfEveryShapeAreAllowed) {
  const auto alb = this->table({this->land(test::make_lake_rows())});
  EXPECT_EQ(this->ask("FROM alb SELECT count(*)", {alb}), "10;");
  EXPECT_EQ(this->ask("VALUES (1), (2)", {alb}), "1;2;");
  EXPECT_EQ(this->ask("WITH x AS (FROM alb) SELECT max(hour) FROM x", {alb}), "22;");
  EXPECT_EQ(
      this->ask("SELECT a.n FROM range(2) a(n), (SELECT unnest(tags) FROM alb LIMIT 1)", {alb}),
      "0;1;");
  EXPECT_TRUE(this->ask("DESCRIBE alb", {alb}).starts_with("ts,TIMESTAMP WITH TIME ZONE,YES"));
  EXPECT_EQ(
      this->ask("SELECT strftime(date_trunc('minute', ts), '%H:%M'), count(*) FROM alb GROUP BY 1 "
                "-- a comment\n;",
                {alb}),
      "22:23,10;");
  EXPECT_EQ(this->ask("SELECT 1", {}), "1;");
}

TYPED_TEST_P(LakeFilesContract, ErrorsOfSqlCarryTheirPosition) {
  const auto alb = this->table({this->land(test::make_lake_rows())});
  const auto syntax = this->ask("SELECT FROM WHERE", {alb});
  EXPECT_TRUE(syntax.starts_with("Invalid: Parser Error")) << syntax;
  EXPECT_NE(syntax.find("LINE 1"), std::string::npos) << syntax;
  EXPECT_NE(syntax.find('^'), std::string::npos) << syntax;
  const auto column = this->ask("SELECT source.port FROM alb", {alb});
  EXPECT_TRUE(column.starts_with("Invalid: Binder Error")) << column;
  EXPECT_EQ(this->ask("SELECT * FROM albb", {alb}),
            "Invalid: there is no table 'albb'; there are: alb");
  EXPECT_TRUE(this->ask("SELECT url.original::INT FROM alb", {alb}).starts_with("Invalid: "));
  EXPECT_TRUE(this->ask("", {alb}).starts_with("Invalid: there is no SQL statement"));
  EXPECT_TRUE(this->ask("SELECT ?", {alb}).starts_with("Invalid: "));
  EXPECT_TRUE(this->ask(std::string_view("SELECT 1\0", 9), {alb}).starts_with("Invalid: "));
  EXPECT_EQ(this->ask("SELECT 1; SELECT 2", {alb}), "Invalid: one SQL statement at a time");
}

TYPED_TEST_P(LakeFilesContract, LimitsEndAQuery) {
  const auto alb = this->table({this->land(test::make_lake_rows())});
  const auto rows = this->ask("SELECT * FROM range(1000)", {alb}, {.rows_max = 999});
  EXPECT_TRUE(rows.starts_with("Exhausted: the result has more than 999 rows")) << rows;
  const auto time = this->ask("SELECT count(*) FROM range(1000000000) a, range(1000000) b", {alb},
                              {.time_max = std::chrono::milliseconds(50)});
  EXPECT_EQ(time, "Exhausted: the query was stopped at its time limit");
  const auto memory =
      this->ask("SELECT count(*) FROM (SELECT DISTINCT range, hash(range) FROM range(30000000))",
                {alb}, {.memory_bytes_max = 32u << 20});
  EXPECT_TRUE(memory.starts_with("Exhausted: ")) << memory;
}

TYPED_TEST_P(LakeFilesContract, NothingButItsTablesCanBeReached) {
  const auto mine = this->land(test::make_lake_rows());
  const auto other = this->land(test::make_lake_rows(), "secret/date=2026-07-02/hour=22");
  const auto root = (this->lake_.folder / "lake").string();
  const auto own_path = this->lake_.path(mine).string();
  const std::vector<std::string> attempts{
      "SELECT * FROM read_csv('/etc/passwd')",
      "SELECT * FROM '/etc/passwd'",
      "SELECT * FROM read_text('/etc/passwd')",
      "SELECT * FROM read_blob('/etc/hostname')",
      "SELECT * FROM read_json_auto('/etc/passwd')",
      "SELECT * FROM glob('/etc/*')",
      "SELECT * FROM sniff_csv('/etc/passwd')",
      "SELECT * FROM parquet_metadata('" + this->lake_.path(other).string() + "')",
      "SELECT * FROM read_parquet('" + this->lake_.path(other).string() + "')",
      "SELECT * FROM read_parquet('" + root + "/*/*/*/*.parquet')",
      "SELECT * FROM read_parquet('" + own_path + "/../../../../secret/*/*/*')",
      "SELECT * FROM secret",
      "SELECT * FROM read_parquet('http://127.0.0.1:1/x.parquet')",
      "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
      "SELECT getenv('HOME')",
      "COPY alb TO '/tmp/sextant-escape.csv'",
      "COPY (SELECT 1) TO '" + own_path + "'",
      "EXPLAIN ANALYZE COPY alb TO '/tmp/sextant-escape.csv'",
      "ATTACH '/tmp/sextant-escape.db'",
      "ATTACH ':memory:' AS other",
      "INSTALL httpfs",
      "LOAD httpfs",
      "LOAD '/tmp/x.duckdb_extension'",
      "SET enable_external_access=true",
      "SET lock_configuration=false",
      "RESET lock_configuration",
      "PRAGMA memory_limit='8GB'",
      "CREATE TABLE t AS SELECT 1",
      "DROP VIEW alb",
      "INSERT INTO alb SELECT * FROM alb",
      "CALL enable_logging(storage_path = '/tmp/sextant-escape')",
      "EXPORT DATABASE '/tmp/sextant-escape'",
      "IMPORT DATABASE '/tmp/sextant-escape'",
      "CREATE SECRET s (TYPE s3)",
      "VACUUM",
      "CHECKPOINT",
      "BEGIN TRANSACTION",
      "PREPARE p AS SELECT 1",
      "SELECT * FROM query('COPY alb TO ''/tmp/sextant-escape.csv''')",
      "SELECT * FROM query('SELECT * FROM enable' || '_logging(storage_path = "
      "''/tmp/sextant-escape'')')",
      "WITH x AS (FROM main.\"Enable_Logging\"(storage_path = '/tmp/sextant-escape')) FROM x",
      "SELECT * FROM alb WHERE EXISTS (FROM enable_logging(storage_path = '/tmp/sextant-escape'))",
      "PIVOT (FROM enable_logging(storage_path = '/tmp/sextant-escape')) ON 1 USING count(*)",
      "DESCRIBE (FROM enable_logging(storage_path = '/tmp/sextant-escape'))",
      "SELECT sleep_ms(100000)",
      "SELECT * FROM duckdb_views()",
      "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
      "SELECT * FROM enable_logging(storage_path = '/tmp/sextant-escape')",
  };
  for (const auto& sql : attempts) {
    const auto answer = this->ask(sql, {this->table({mine})});
    EXPECT_TRUE(answer.starts_with("Denied: ") || answer.starts_with("Invalid: "))
        << sql << "\n  " << answer;
    EXPECT_EQ(answer.find("root:"), std::string::npos) << sql;
  }
  EXPECT_FALSE(std::filesystem::exists("/tmp/sextant-escape.csv"));
  EXPECT_FALSE(std::filesystem::exists("/tmp/sextant-escape"));
  EXPECT_FALSE(std::filesystem::exists("/tmp/sextant-escape.db"));
  EXPECT_TRUE(this->files().verify(mine));
}

TYPED_TEST_P(LakeFilesContract, AFlippedByteIsFoundAndNamed) {
  const auto good = this->land(test::make_lake_rows({.rows = 1'000}));
  const auto bad = this->land(test::make_lake_rows({.rows = 1'000}));
  const auto alb = this->table({good, bad});
  EXPECT_EQ(this->ask("SELECT count(*) FROM alb", {alb}), "2000;");
  {
    std::fstream stream(this->lake_.path(bad), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(200);
    stream.put('!');
  }
  const auto verified = this->files().verify(bad);
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, Code::Corrupt);
  EXPECT_NE(verified.error().message.find(bad.path), std::string::npos);
  const auto answer = this->ask("SELECT count(*) FROM alb", {alb});
  EXPECT_TRUE(answer.starts_with("Corrupt: ")) << answer;
  EXPECT_NE(answer.find(bad.path), std::string::npos) << answer;
  EXPECT_EQ(this->ask("SELECT count(*) FROM alb", {this->table({good})}), "1000;");
}

TYPED_TEST_P(LakeFilesContract, ATruncatedOrMissingFileIsNamed) {
  const auto file = this->land(test::make_lake_rows({.rows = 1'000}));
  std::filesystem::resize_file(this->lake_.path(file), file.size / 2);
  EXPECT_EQ(this->files().verify(file).error().code, Code::Corrupt);
  EXPECT_TRUE(this->ask("SELECT * FROM alb", {this->table({file})}).starts_with("Corrupt: "));
  std::filesystem::remove(this->lake_.path(file));
  const auto answer = this->ask("SELECT * FROM alb", {this->table({file})});
  EXPECT_TRUE(answer.starts_with("NotFound: ")) << answer;
  EXPECT_NE(answer.find(file.path), std::string::npos) << answer;
}

TYPED_TEST_P(LakeFilesContract, AfterARestTheNextQueryWorks) {
  const auto alb = this->table({this->land(test::make_lake_rows())});
  EXPECT_EQ(this->ask("SELECT count(*) FROM alb", {alb}), "10;");
  this->files().rest();
  EXPECT_EQ(this->ask("SELECT count(*) FROM alb", {alb}), "10;");
}

REGISTER_TYPED_TEST_SUITE_P(LakeFilesContract, WhatIsWrittenIsRead, ManyBatchesBecomeOneFile,
                            RowGroupsAreBoundedAndKeepTheOrder, AnUnfinishedFileLeavesNothing,
                            AFileTakesBatchesOfOneSchema, PathsStayInside,
                            RemovingTwiceIsNotAnError, PublishingIsExclusiveOrReplaces,
                            AliasesOfTheSchemaAreColumns, DictionariesOfAnyShapeKeepTheirRows,
                            TextThatHardlyRepeatsIsReadAsItWas, TextThatIsNotUtf8IsRefused,
                            ANewColumnIsNullInOldFiles, ATableWithoutFilesIsEmptyAndTyped,
                            ViewsAreReadByTheirNames, AViewThatDoesNotFitItsRowsIsNotEmpty,
                            RowsAreToldApartWhateverColumnsTheyHave, QueriesOfEveryShapeAreAllowed,
                            ErrorsOfSqlCarryTheirPosition, LimitsEndAQuery,
                            NothingButItsTablesCanBeReached, AFlippedByteIsFoundAndNamed,
                            ATruncatedOrMissingFileIsNamed, AfterARestTheNextQueryWorks);

INSTANTIATE_TYPED_TEST_SUITE_P(Embedded, LakeFilesContract, EmbeddedLake);
INSTANTIATE_TYPED_TEST_SUITE_P(Faulty, LakeFilesContract, FaultyLake);

}  // namespace
}  // namespace sextant
