#include "services/audit/audit_rows.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include <boost/json/object.hpp>

#include "core/nest.h"
#include "guard/audit/record.h"
#include "sdk/batch_text.h"

namespace sextant::services::audit {
namespace {

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};

std::string a_record() {
  sdk::Call call;
  call.scope = {AccountId("111122223333"), Region("us-east-1")};
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
  call.source_ip = "192.0.2.7";
  call.request_parameters = boost::json::object{{"StackName", "s"}};
  call.trace.trace_id = "abc";
  const sdk::Decision decision{
      .verdict = sdk::Verdict::Deny, .reason = "because", .deciding_statements = {}};
  const Error error{.code = Code::Denied, .message = "no", .name = "AccessDenied"};
  return guard::call_record(call, decision, &error);
}

TEST(AuditRows, ARecordHasCloudTrailsColumnsAndOurs) {
  AuditRows rows;
  rows.add(7, a_record());
  const auto batch = rows.finish();
  ASSERT_NE(batch, nullptr);
  ASSERT_EQ(batch->num_rows(), 1);
  const std::pair<const char*, const char*> expected[] = {
      {"ts", "2027-01-15T08:00:00.000005Z"},
      {"event.action", "CreateStack"},
      {"event.provider", "cloudformation.amazonaws.com"},
      {"event.outcome", "failure"},
      {"event.dataset", "sextant.audit"},
      {"user.id", "AIDA1"},
      {"user.name", "ann"},
      {"cloud.account.id", "111122223333"},
      {"source.ip", "192.0.2.7"},
      {"aws.cloudtrail.event_version", "1.11"},
      {"aws.cloudtrail.user_identity.access_key_id", "AKIA1"},
      {"aws.cloudtrail.error_code", "AccessDenied"},
      {"aws.cloudtrail.request_parameters", R"({"StackName":"s"})"},
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
  EXPECT_EQ(rows.finish(), nullptr);
}

TEST(AuditRows, EveryBatchHasTheSameColumns) {
  AuditRows rows;
  rows.add(1, a_record());
  rows.add(2, guard::seal_record({.scope = {AccountId("1"), Region("r")},
                                  .time = kNow,
                                  .digest = 1,
                                  .first = 1,
                                  .last = 1}));
  const auto first = rows.finish();
  rows.add(3, "no JSON");
  rows.add(4, "[]");
  const auto second = rows.finish();
  EXPECT_TRUE(first->schema()->Equals(second->schema()));
  EXPECT_EQ(sdk::cell_text(second, "event.original", 0).value_or(""), "no JSON");
  EXPECT_EQ(sdk::cell_text(second, "ts", 0), sdk::cell_text(first, "ts", 1))
      << "in the partition of the one before";
}

}  // namespace
}  // namespace sextant::services::audit
