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
    const auto record = call_record(call, decision, &error);
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
