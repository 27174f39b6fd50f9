// links: server
// The node's own audit records as rows of sextant_audit: whatever CloudTrail's table has, it has
// too.
#include "services/audit/audit_rows.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <filesystem>
#include <fstream>

#include "adapters/memory/store.h"
#include "core/nest.h"
#include "guard/audit/record.h"
#include "intel/enrichers/geoip.h"
#include "intel/parsers/cloudtrail.h"
#include "model/codec.h"
#include "sdk/batch_text.h"
#include "server/node/cloudtrail_rows.h"
#include "store/keys.h"
#include "tests/support/mmdb_writer.h"
#include "tests/support/temporary_folder.h"

namespace sextant::services::audit {
namespace {

const Scope kScope{AccountId("111122223333"), Region("us-east-1")};
constexpr Time kNow{std::chrono::seconds(1'800'000'000)};

std::string a_record(const char* source_ip = "192.0.2.7") {
  sdk::Call call;
  call.scope = kScope;
  call.principal = {.kind = sdk::PrincipalKind::User,
                    .account = call.scope.account,
                    .arn = "arn:aws:iam::111122223333:user/ann",
                    .principal_id = "AIDA1",
                    .access_key_id = "AKIA1"};
  call.service = "cloudformation";
  call.operation = "CreateStack";
  call.action = "cloudformation:CreateStack";
  call.resource = "arn:aws:cloudformation:us-east-1:111122223333:stack/s/*";
  call.access = sdk::Access::Write;
  call.category = sdk::EventCategory::Management;
  call.request_id = RequestId("r-1");
  call.time = kNow + std::chrono::microseconds(5);
  call.source_ip = source_ip;
  call.request_parameters = boost::json::object{{"stackName", "s"}};
  call.trace.trace_id = "abc";
  const sdk::Decision decision{
      .verdict = sdk::Verdict::Deny, .reason = "because", .deciding_statements = {}};
  const Error error{.code = Code::Denied, .message = "no", .name = "AccessDenied"};
  return guard::call_record(call, decision, &error);
}

class AuditRowsTest : public testing::Test {
 protected:
  // Deploys a collector of CloudTrail's logs.
  void collect_with(const std::string& handler, const std::string& databases) {
    model::App app;
    app.name = "app";
    model::Function function;
    function.name = FunctionName("collector");
    function.handler = handler;
    function.environment = {{"GEOIP_DATABASES", databases}};
    app.functions["collector"] = function;
    ports::Batch batch;
    batch.puts.push_back({store::keys::app(kScope, "app"), model::encode(app)});
    ASSERT_TRUE(ports::commit(store_, std::move(batch)));
    ASSERT_TRUE(configuration_->refresh());
  }
  std::string country_of(const char* address) {
    AuditRows rows(maker_.make());
    rows.add(1, a_record(address));
    const auto batch = rows.finish();
    EXPECT_TRUE(batch);
    return sdk::cell_text(*batch, "source.geo.country_iso_code", 0).value_or("(none)");
  }

  ManualClock clock_{kNow};
  adapters::MemoryStore store_{clock_};
  std::unique_ptr<store::ConfigurationStore> configuration_ =
      *store::ConfigurationStore::open(store_, kScope);
  test::TemporaryFolder folder_;
  server::AuditRowMaker maker_{kScope, *configuration_, folder_.path()};
};

// As the app's own collector tells it, and when it cannot, not at all.
TEST_F(AuditRowsTest, PlacesComeFromTheCollectorsDatabases) {
  constexpr const char* kAddress = "81.2.69.142";
  test::MmdbWriter writer(24, 6);
  writer.add("81.2.69.0/24", test::MmdbValue::map({{"country_code", test::MmdbValue::text("GB")}}));
  const auto file = std::filesystem::path(folder_.path()) / "country.mmdb";
  std::ofstream(file, std::ios::binary) << writer.finish();
  EXPECT_EQ(country_of(kAddress), "(none)") << "nobody collects";
  collect_with("parsers.cloudtrail|lake.land", "country.mmdb");
  EXPECT_EQ(country_of(kAddress), "(none)");
  collect_with("parsers.cloudtrail|enrichers.geoip|lake.land", "country.mmdb");
  EXPECT_EQ(country_of(kAddress), "GB");
  EXPECT_EQ(country_of("127.0.0.1"), "(none)");
  collect_with("parsers.cloudtrail|enrichers.geoip|lake.land", "gone.mmdb");
  EXPECT_EQ(country_of(kAddress), "(none)");
  std::filesystem::copy_file(file, file.parent_path() / "gone.mmdb");
  EXPECT_EQ(country_of(kAddress), "GB") << "it is there now";
}

TEST_F(AuditRowsTest, ARecordHasCloudTrailsColumnsAndOurs) {
  AuditRows rows(maker_.make());
  rows.add(7, a_record());
  const auto batch = rows.finish().value();
  ASSERT_NE(batch, nullptr);
  ASSERT_EQ(batch->num_rows(), 1);
  const std::pair<const char*, const char*> expected[] = {
      {"ts", "2027-01-15T08:00:00.000005Z"},
      {"event.action", "CreateStack"},
      {"event.provider", "cloudformation.amazonaws.com"},
      {"event.outcome", "failure"},
      {"event.dataset", "aws.cloudtrail"},
      {"user.id", "AIDA1"},
      {"user.name", "ann"},
      {"cloud.account.id", "111122223333"},
      {"source.ip", "192.0.2.7"},
      {"sextant.source.address_class", "documentation"},
      {"log.file.path", "audit/111122223333/us-east-1/0"},
      {"log.offset", "7"},
      {"aws.cloudtrail.event_version", "1.11"},
      {"aws.cloudtrail.user_identity.access_key_id", "AKIA1"},
      {"aws.cloudtrail.error_code", "AccessDenied"},
      {"aws.cloudtrail.request_parameters", R"({"stackName":"s"})"},
      {"aws.cloudtrail.read_only", "false"},
      {"aws.cloudtrail.request_id", "r-1"},
      {"aws.cloudtrail.event_category", "Management"},
      {"aws.cloudtrail.resources.arn", "arn:aws:cloudformation:us-east-1:111122223333:stack/s/*"},
      {"trace.id", "abc"},
      {"sextant.audit.sequence", "7"},
      {"sextant.audit.decision", "Deny"},
      {"sextant.audit.reason", "because"},
      {"sextant.audit.event_class", "AccessKeyAccepted,DeploymentFailed"},
  };
  for (const auto& [column, text] : expected)
    EXPECT_EQ(sdk::cell_text(batch, column, 0).value_or("(none)"), text) << column;
  EXPECT_TRUE(nest(batch)) << "the names fit together";
  EXPECT_EQ(rows.finish().value(), nullptr);
}

// A rule or a query for the table "cloudtrail" finds its columns, with the types that it knows.
TEST_F(AuditRowsTest, HaveEveryColumnOfCloudTrailsTable) {
  const auto parsed = intel::kCloudTrail.make_reader({}, {.keep_original = true})->finish();
  AuditRows rows(maker_.make());
  rows.add(1, a_record());
  const auto batch = rows.finish().value();
  auto wanted = parsed->schema()->fields();
  EXPECT_GT(wanted.size(), 80u);
  for (auto& field : intel::geoip_columns()) wanted.push_back(std::move(field));
  for (const auto& field : wanted) {
    const auto ours = batch->schema()->GetFieldByName(field->name());
    ASSERT_NE(ours, nullptr) << field->name();
    EXPECT_TRUE(ours->type()->Equals(field->type()) || field->name() == "event.original")
        << field->name() << ": " << ours->type()->ToString() << ", not "
        << field->type()->ToString();
  }
}

TEST_F(AuditRowsTest, EveryBatchHasTheSameColumns) {
  AuditRows rows(maker_.make());
  rows.add(1, a_record());
  rows.add(2,
           guard::seal_record({.scope = kScope, .time = kNow, .digest = 1, .first = 1, .last = 1}));
  const auto first = rows.finish().value();
  rows.add(3, "no JSON");
  rows.add(4, "[]");
  const auto second = rows.finish().value();
  EXPECT_TRUE(first->schema()->Equals(second->schema()));
  EXPECT_EQ(sdk::cell_text(second, "event.original", 0).value_or(""), "no JSON");
  EXPECT_EQ(sdk::cell_text(second, "ts", 0), sdk::cell_text(first, "ts", 1))
      << "in the partition of the one before";
}

}  // namespace
}  // namespace sextant::services::audit
