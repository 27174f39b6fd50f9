#include "services/lake/lake_service.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/json.hpp>

#include "core/json.h"
#include "guard/snapshot_policy_source.h"
#include "model/codec.h"
#include "store/keys.h"
#include "tests/support/lake_fixture.h"

namespace sextant::services::lake {
namespace {

constexpr std::array kQuestions{
    sdk::View{.name = "alb_codes",
              .from = "alb",
              .answers = "which codes",
              .columns = "code SMALLINT, n BIGINT",
              .sql = "SELECT http.response.status_code AS code, count(*) AS n FROM alb GROUP BY "
                     "ALL ORDER BY code"},
    sdk::View{.name = "malformed_kinds",
              .from = "malformed_events",
              .answers = "which kinds",
              .columns = "kind VARCHAR, n BIGINT",
              .sql = "SELECT kind, count(*) AS n FROM malformed_events GROUP BY ALL"},
    sdk::View{.name = "alb", .from = "alb", .answers = "", .columns = "", .sql = "SELECT 1"},
    sdk::View{.name = "other", .from = "other", .answers = "", .columns = "", .sql = "SELECT 1"},
};

constexpr auto kRole = "arn:aws:iam::000000000000:role/analyst";

// Table "alb" with ten rows and table "malformed" with none, and an analyst who may query, and read
// the tables that the test says.
class LakeServiceTest : public sextant::lake::LakeTest {
 protected:
  LakeServiceTest() {
    auto lander = this->lander();
    EXPECT_TRUE(land(*lander, "first", {test::make_lake_rows()}).get());
    deploy("*");
    table_ = operations({.scope = scope_,
                         .files = *files_,
                         .manifest = *manifest_,
                         .configuration = *configuration_,
                         .gate = gate_,
                         .views = kQuestions,
                         .queries_max = 2});
  }

  void deploy(const std::string& readable) {
    model::App app;
    app.name = "ti";
    for (const char* name : {"alb", "malformed"}) {
      model::Table table;
      table.database = "sextant";
      table.name = TableName(name);
      table.arn = std::string("arn:aws:glue:us-east-1:000000000000:table/sextant/") + name;
      if (table.name.text() == "malformed") table.parameters["UniqueBy"] = "log.file.path";
      app.tables[name] = table;
    }
    model::Role role;
    role.name = "analyst";
    role.arn = kRole;
    role.inline_policies = {
        {.name = "work",
         .document = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*",
           "Action":["athena:StartQueryExecution","glue:GetTables"]},{"Effect":"Allow",
           "Resource":")" +
                     readable + R"(","Action":"glue:GetTable"}]})"}};
    app.roles[role.arn] = role;
    ports::Batch batch;
    batch.puts.push_back({store::keys::app(scope_, app.name), model::encode(app)});
    EXPECT_TRUE(ports::commit(store_, std::move(batch)));
    if (!configuration_)
      configuration_ = std::move(*store::ConfigurationStore::open(store_, scope_));
    EXPECT_TRUE(configuration_->refresh());
    policies_.swap(guard::PolicySnapshot::make(*configuration_->current()));
  }

  Result<sdk::Output> ask(std::string_view operation, boost::json::object parameters = {}) {
    sdk::Principal analyst;
    analyst.kind = sdk::PrincipalKind::AssumedRole;
    analyst.account = scope_.account;
    analyst.role_arn = kRole;
    analyst.arn = "arn:aws:sts::000000000000:assumed-role/analyst/test";
    std::optional<Result<sdk::Output>> answer;
    for (const auto& row : table_) {
      if (row.name != operation) continue;
      gate_.run(row, {.principal = analyst, .request_id = RequestId("r")},
                {.parameters = std::move(parameters), .body = nullptr},
                [&](Result<sdk::Output> output) { answer.emplace(std::move(output)); });
      break;
    }
    if (!answer) return fail(Code::NotFound, "no answer");
    return std::move(*answer);
  }
  Result<sdk::Output> query(const std::string& sql, boost::json::object more = {}) {
    more["Sql"] = sql;
    return ask("Query", std::move(more));
  }
  // The answer's bytes, or the error's message, whenever it comes.
  static std::string text_of(Result<sdk::Output> output) {
    if (!output) return output.error().message;
    auto bytes = read_all_blocking(std::move(output->body), 1 << 20);
    return bytes ? *bytes : bytes.error().message;
  }

  guard::SnapshotPolicySource policies_{guard::PolicySnapshot::make(std::vector<model::App>{})};
  guard::AuditLog audit_{scope_, clock_, store_};
  guard::Gate gate_{scope_, clock_, policies_, audit_};
  std::unique_ptr<store::ConfigurationStore> configuration_;
  guard::OperationTable table_;
};

TEST_F(LakeServiceTest, RowsComeInTheFormatAskedFor) {
  const std::string sql =
      "SELECT http.response.status_code AS code, count(*) AS n FROM alb "
      "WHERE http.response.status_code = 200 GROUP BY 1";
  struct {
    const char* format;
    const char* type;
    const char* begins;
  } const table[] = {
      {"json", "application/json", "["},
      {"ndjson", "application/x-ndjson", "{\"code\":200,\"n\":2}\n"},
      {"csv", "text/csv; charset=utf-8", "code,n"},
      {"parquet", "application/vnd.apache.parquet", "PAR1"},
      {"arrow", "application/vnd.apache.arrow.stream", "\xFF\xFF\xFF\xFF"},
  };
  for (const auto& row : table) {
    auto output = query(sql, {{"Format", row.format}});
    ASSERT_TRUE(output) << row.format << ": " << output.error().message;
    EXPECT_EQ(json::text_or(output->result, "ContentType"), row.type);
    EXPECT_TRUE(text_of(std::move(output)).starts_with(row.begins)) << row.format;
  }
}

TEST_F(LakeServiceTest, WhatCannotBeAskedIsRefused) {
  struct {
    boost::json::object parameters;
    Code code;
  } const table[] = {
      {{}, Code::Invalid},
      {{{"Sql", ""}}, Code::Invalid},
      {{{"Sql", 1}}, Code::Invalid},
      {{{"Sql", "SELECT 1"}, {"Format", "xml"}}, Code::Invalid},
      {{{"Sql", "SELEKT 1"}}, Code::Invalid},
      {{{"Sql", "SELECT * FROM nothing"}}, Code::Invalid},
      {{{"Sql", "SELECT nothing FROM alb"}}, Code::Invalid},
      {{{"Sql", "CREATE TABLE t(a int)"}}, Code::Denied},
      {{{"Sql", "SELECT * FROM read_csv('/etc/passwd')"}}, Code::Denied},
  };
  for (const auto& row : table) {
    const auto refused = ask("Query", row.parameters);
    ASSERT_FALSE(refused) << boost::json::serialize(row.parameters);
    EXPECT_EQ(refused.error().code, row.code)
        << boost::json::serialize(row.parameters) << ": " << refused.error().message;
  }
}

TEST_F(LakeServiceTest, MoreRowsThanWantedAreAnError) {
  EXPECT_EQ(text_of(query("SELECT count(*) AS n FROM alb", {{"RowsMax", 1}, {"Format", "ndjson"}})),
            "{\"n\":10}\n");
  EXPECT_NE(text_of(query("SELECT ts FROM alb", {{"RowsMax", 9}})).find("more than 9"),
            std::string::npos);
}

TEST_F(LakeServiceTest, ATableWithoutRowsIsEmptyAndNotUnknown) {
  EXPECT_EQ(text_of(query("SELECT count(ts) AS n FROM malformed", {{"Format", "ndjson"}})),
            "{\"n\":0}\n");
}

TEST_F(LakeServiceTest, ACallerSeesOnlyTheTablesItMayRead) {
  const auto count = [&](const std::string& table) {
    return text_of(query("SELECT count(*) AS n FROM " + table, {{"Format", "ndjson"}}));
  };
  deploy("arn:aws:glue:us-east-1:000000000000:table/sextant/malformed");
  EXPECT_EQ(count("malformed"), "{\"n\":0}\n");
  const auto hidden = query("SELECT count(*) FROM alb");
  ASSERT_FALSE(hidden);
  EXPECT_EQ(hidden.error().code, Code::Invalid) << "as if it were not there";
  EXPECT_EQ(ask("DescribeTable", {{"Name", "alb"}}).error().code, Code::NotFound);
  EXPECT_TRUE(ask("DescribeTable", {{"Name", "malformed"}}));
  const auto listed = ask("ListTables");
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->result.at("Tables").as_array().size(), 1u);
  EXPECT_EQ(listed->result.at("Tables").as_array()[0].at("Name"), "malformed");
  deploy("*");
  EXPECT_EQ(count("alb"), "{\"n\":10}\n");
}

TEST_F(LakeServiceTest, WhoMayReadATableMayReadItsViews) {
  const auto count = [&](const std::string& view) {
    return text_of(query("SELECT count(*) AS n FROM " + view, {{"Format", "ndjson"}}));
  };
  const auto views = [&] {
    std::string names;
    const auto listed = ask("ListTables");
    for (const auto& view : listed->result.at("Views").as_array()) {
      names += std::string(view.at("Name").as_string()) + " of " +
               std::string(view.at("ViewOf").as_string()) + ", ";
    }
    return names;
  };
  EXPECT_EQ(views(),
            "alb_codes of alb, malformed_events of malformed, "
            "malformed_kinds of malformed, ");
  EXPECT_EQ(count("alb_codes"), "{\"n\":6}\n");
  EXPECT_EQ(count("malformed_kinds"), "{\"n\":0}\n") << "its table has no column 'kind' yet";
  EXPECT_EQ(count("malformed_events"), "{\"n\":0}\n");
  EXPECT_EQ(count("alb"), "{\"n\":10}\n") << "a table hides a view of its name";
  deploy("arn:aws:glue:us-east-1:000000000000:table/sextant/malformed");
  EXPECT_EQ(views(), "malformed_events of malformed, malformed_kinds of malformed, ");
  EXPECT_NE(count("alb_codes").find("there is no table 'alb_codes'"), std::string::npos);
  EXPECT_EQ(ask("DescribeTable", {{"Name", "alb_codes"}}).error().code, Code::NotFound);
  EXPECT_EQ(count("malformed_kinds"), "{\"n\":0}\n");
}

TEST_F(LakeServiceTest, AViewIsDescribed) {
  const auto codes = ask("DescribeTable", {{"Name", "alb_codes"}});
  ASSERT_TRUE(codes) << codes.error().message;
  EXPECT_EQ(boost::json::serialize(codes->result.at("Columns")),
            R"([{"Name":"code","Type":"SMALLINT"},{"Name":"n","Type":"BIGINT"}])");
  EXPECT_TRUE(codes->result.at("ViewOriginalText").as_string().starts_with("SELECT http"));
  const auto events = ask("DescribeTable", {{"Name", "malformed_events"}});
  ASSERT_TRUE(events);
  EXPECT_EQ(events->result.at("ViewOf"), "malformed");
  EXPECT_FALSE(events->result.contains("ViewOriginalText")) << "it is another one tomorrow";
}

TEST_F(LakeServiceTest, AQueryThatMeetsItsOwnLimitIsNotToldToComeBack) {
  const auto rows = query("SELECT ts FROM alb", {{"RowsMax", 9}});
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().name, "QueryLimitExceeded");
  const auto time =
      query("SELECT count(*) FROM range(1000000) AS a(i), range(1000000) AS b(j) WHERE i * j = -1",
            {{"TimeMaxS", 1}});
  ASSERT_FALSE(time);
  EXPECT_EQ(time.error().name, "QueryLimitExceeded") << time.error().message;
}

TEST_F(LakeServiceTest, QueriesThatRunAtTheSameTimeAreBounded) {
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(query("SELEKT")) << "a failed one gives its place back";
  auto first = query("SELECT 1 AS n");
  auto second = query("SELECT 2 AS n");
  ASSERT_TRUE(first && second);
  const auto refused = query("SELECT 3 AS n");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::Exhausted);
  EXPECT_EQ(refused.error().name, "TooManyRequestsException");
  EXPECT_TRUE(ask("ListTables")) << "what is no query is not counted";
  first->body.reset();  // its client went away
  EXPECT_EQ(text_of(query("SELECT 4 AS n", {{"Format", "ndjson"}})), "{\"n\":4}\n");
  EXPECT_EQ(text_of(query("SELECT 5 AS n", {{"Format", "ndjson"}})), "{\"n\":5}\n");
  second->body.reset();
}

TEST_F(LakeServiceTest, TablesAreListedWithWhatTheyHold) {
  const auto listed = ask("ListTables");
  ASSERT_TRUE(listed);
  const auto& tables = listed->result.at("Tables").as_array();
  ASSERT_EQ(tables.size(), 3u);
  EXPECT_EQ(tables[2].at("Name"), "sextant_audit") << "the node's own";
  EXPECT_EQ(tables[0].at("Name"), "alb");
  EXPECT_EQ(tables[0].at("Rows").to_number<int>(), 10);
  EXPECT_EQ(tables[0].at("From"), "2026-07-02T22:23:00Z");
  EXPECT_EQ(tables[1].at("Rows").to_number<int>(), 0);
  EXPECT_FALSE(tables[1].as_object().contains("From"));
}

TEST_F(LakeServiceTest, ATableIsDescribedByItsColumnsAndFiles) {
  const auto described = ask("DescribeTable", {{"Name", "alb"}});
  ASSERT_TRUE(described) << described.error().message;
  std::vector<std::string> columns;
  for (const auto& column : described->result.at("Columns").as_array())
    columns.push_back(json::text_or(column.as_object(), "Name"));
  EXPECT_NE(std::ranges::find(columns, "http.response.status_code"), columns.end());
  EXPECT_EQ(std::ranges::find(columns, "http"), columns.end()) << "only what holds a value";
  const auto& files = described->result.at("Files").as_array();
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].at("Rows").to_number<int>(), 10);
  EXPECT_EQ(files[0].at("Sha256").as_string().size(), 64u);

  EXPECT_TRUE(
      ask("DescribeTable", {{"Name", "malformed"}})->result.at("Columns").as_array().empty());
  for (const char* name : {"", "nothing"})
    EXPECT_EQ(ask("DescribeTable", {{"Name", name}}).error().code, Code::NotFound) << name;
}

}  // namespace
}  // namespace sextant::services::lake
