#include "guard/audit/record.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace sextant::guard {
namespace {

// Whatever a caller sends, its record stays one: everything it may choose has a bound.
TEST(AuditRecord, IsBoundedWhateverACallerSends) {
  for (const char filler : {'x', '\x01', '\xC3'}) {
    const std::string huge(4 << 20, filler);
    sdk::Call call;
    call.principal.access_key_id = huge;  // what an unknown caller claims
    call.service = "sts";
    call.operation = call.action = huge;
    call.resource = "arn:aws:iam::000000000000:role/" + huge;
    call.user_agent = huge;
    call.request_parameters = boost::json::object{{"Name", huge}};
    const sdk::Decision decision{
        .verdict = sdk::Verdict::Deny, .reason = huge, .deciding_statements = {}};
    const Error error{Code::Invalid, huge, "ValidationError"};
    const CallNotes notes{.response = {{"Name", huge}},
                          .decisions = std::vector<InnerDecision>(10, {huge, huge, decision})};
    EXPECT_LT(call_record(call, {}, nullptr, notes).size(), 64u << 10);
    const auto record = call_record(call, decision, &error, notes);
    EXPECT_LT(record.size(), 64u << 10);
    const auto read = boost::json::parse(record);
    EXPECT_LE(read.at("eventName").as_string().size(), 3u << 10);

    const RefusedCalls refused{.scope = {},
                               .source_ip = "192.0.2.1",
                               .second = {},
                               .count = 1,
                               .last_operation = "sts:" + huge,
                               .last_error = "InvalidAction"};
    EXPECT_LT(refused_calls_record(refused).size(), 64u << 10);
  }
}

TEST(AuditRecord, OfManyInnerDecisionsTheRefusalsStandFirstAndTheRestIsCounted) {
  CallNotes notes;
  for (int i = 0; i < 1'000; ++i) {
    const auto verdict = i == 900 ? sdk::Verdict::Deny : sdk::Verdict::Allow;
    notes.decisions.push_back({"s3:Action" + std::to_string(i), "arn", {verdict, {}, {}}});
  }
  const auto read = boost::json::parse(call_record({}, {}, nullptr, notes));
  const auto& data = read.at("additionalEventData").as_object();
  const auto& decisions = data.at("decisions").as_array();
  EXPECT_EQ(decisions.at(0).at("action"), "s3:Action900");
  EXPECT_EQ(decisions.at(1).at("action"), "s3:Action0");
  EXPECT_GT(decisions.size(), 50u);
  EXPECT_EQ(decisions.size() + data.at("decisionsOmitted").to_number<std::size_t>(), 1'000u);
}

// A wrong signature's answer goes on with what was to be signed, session token and all.
TEST(AuditRecord, SaysOfAnErrorWhatItsFirstParagraphSays) {
  const Error error{Code::Denied, "It does not match.\n\nx-amz-security-token:secret",
                    "SignatureDoesNotMatch"};
  const auto record = call_record({}, {}, &error, {});
  EXPECT_EQ(boost::json::parse(record).at("errorMessage"), "It does not match.");
  EXPECT_FALSE(record.contains("secret"));
}

// The longest names that there are stand in it whole.
TEST(AuditRecord, NamesWhatWasCalledInFull) {
  sdk::Call call;
  call.service = "s3";
  call.operation = "GetObject";
  call.resource = "arn:aws:s3:::" + std::string(63, 'b') + "/" + std::string(1'024, 'k');
  const auto read = boost::json::parse(call_record(call, {}, nullptr));
  EXPECT_EQ(read.at("resources").at(0).at("ARN"), boost::json::value(call.resource));
}

}  // namespace
}  // namespace sextant::guard
