#include "guard/audit/audit_log.h"

#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <latch>

#include "adapters/memory/store.h"
#include "core/encoding.h"
#include "guard/audit/verify.h"
#include "store/keys.h"

namespace sextant::guard {
namespace {

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};
const Scope kScope{AccountId("111122223333"), Region("us-east-1")};

sdk::Call a_call() {
  sdk::Call call;
  call.scope = kScope;
  call.principal = {.kind = sdk::PrincipalKind::User,
                    .account = kScope.account,
                    .arn = "arn:aws:iam::111122223333:user/ann",
                    .principal_id = "AIDA0123456789ABCDEF",
                    .access_key_id = "AKIA1"};
  call.service = "s3";
  call.operation = "PutObject";
  call.action = "s3:PutObject";
  call.resource = "arn:aws:s3:::bucket/key";
  call.access = sdk::Access::Write;
  call.category = sdk::EventCategory::Data;
  call.request_id = RequestId("r-1");
  call.time = kNow + std::chrono::microseconds(5);
  call.source_ip = "192.0.2.7";
  call.user_agent = "test";
  call.request_parameters = boost::json::object{{"Bucket", "bucket"}, {"Key", "key"}};
  return call;
}
sdk::Decision allowed() {
  return {.verdict = sdk::Verdict::Allow, .reason = "", .deciding_statements = {"p#S"}};
}
sdk::Decision denied() {
  return {.verdict = sdk::Verdict::Deny, .reason = "because", .deciding_statements = {}};
}

class Audit : public testing::Test {
 protected:
  std::vector<boost::json::object> records() const {
    std::vector<boost::json::object> all;
    const auto read = store.read(stream, 1, 10'000, 100 << 20);
    if (!read) return all;
    for (const auto& record : *read) all.push_back(boost::json::parse(record.payload).as_object());
    return all;
  }
  VerifyReport verified() {
    auto report = verify(store, stream);
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : VerifyReport{};
  }

  ManualClock clock{kNow};
  adapters::MemoryStore store{clock};
  std::string stream = store::keys::audit_stream(kScope);
  AuditLog audit{kScope, clock, store};
};

TEST_F(Audit, ARecordIsCloudTrails) {
  Error error{.code = Code::Denied, .message = "no", .name = "AccessDenied"};
  bool durable = false;
  audit.record(a_call(), denied(), &error, [&](Result<> recorded) { durable = bool(recorded); });
  EXPECT_TRUE(durable);
  ASSERT_EQ(records().size(), 1u);
  const auto record = records()[0];
  const auto expected = boost::json::parse(R"({
    "eventVersion": "1.11",
    "userIdentity": {"type": "IAMUser", "principalId": "AIDA0123456789ABCDEF",
        "arn": "arn:aws:iam::111122223333:user/ann", "accountId": "111122223333",
        "accessKeyId": "AKIA1", "userName": "ann"},
    "eventTime": "2027-01-15T08:00:00Z", "eventSource": "s3.amazonaws.com",
    "eventName": "PutObject", "awsRegion": "us-east-1", "sourceIPAddress": "192.0.2.7",
    "userAgent": "test", "errorCode": "AccessDenied", "errorMessage": "no",
    "requestParameters": {"Bucket": "bucket", "Key": "key"}, "responseElements": null,
    "additionalEventData": {"eventClass": ["AccessKeyAccepted"], "decision": "Deny", "reason": "because", "statements": [],
        "time": "2027-01-15T08:00:00.000005Z"},
    "resources": [{"ARN": "arn:aws:s3:::bucket/key", "accountId": "111122223333",
        "type": "AWS::S3::Object"}],
    "requestID": "r-1", "readOnly": false, "eventType": "AwsApiCall", "managementEvent": false,
    "recipientAccountId": "111122223333", "eventCategory": "Data"})");
  auto without_id = record;
  EXPECT_EQ(record.at("eventID").as_string().size(), 36u);
  without_id.erase("eventID");
  EXPECT_EQ(boost::json::value(without_id), expected) << boost::json::value(record);
}

TEST_F(Audit, IdentitiesOfEveryKind) {
  auto call = a_call();
  const auto identity = [&] {
    return boost::json::parse(call_record(call, allowed(), nullptr)).at("userIdentity").as_object();
  };
  call.principal.kind = sdk::PrincipalKind::Root;
  EXPECT_EQ(identity()["type"], "Root");
  call.principal = {.kind = sdk::PrincipalKind::AssumedRole,
                    .account = kScope.account,
                    .arn = "arn:aws:sts::111122223333:assumed-role/r/s",
                    .principal_id = "AROA1:s",
                    .role_arn = "arn:aws:iam::111122223333:role/p/r",
                    .session_started = kNow};
  EXPECT_EQ(identity()["type"], "AssumedRole");
  const auto context = identity()["sessionContext"].as_object();
  EXPECT_EQ(context.at("sessionIssuer").at("principalId"), "AROA1");
  EXPECT_EQ(context.at("sessionIssuer").at("userName"), "r");
  EXPECT_EQ(context.at("attributes").at("creationDate"), "2027-01-15T08:00:00Z");
  call.principal = {.kind = sdk::PrincipalKind::Service, .service = "s3.amazonaws.com"};
  EXPECT_EQ(boost::json::value(identity()),
            boost::json::parse(R"({"type":"AWSService","invokedBy":"s3.amazonaws.com"})"));
  call.principal = {};
  EXPECT_EQ(identity()["accountId"], "ANONYMOUS_PRINCIPAL");
}

TEST_F(Audit, HostileTextStaysOneReadableRecord) {
  auto call = a_call();
  call.user_agent = std::string("a\"b\\c\n\x01\xFF\xC3", 9) + std::string(5'000, 'x');
  call.request_parameters = boost::json::object{
      {"Key\n", std::string("\xFF\"", 2)}, {"n", 1}, {"list", boost::json::array{true, nullptr}}};
  const auto text = call_record(call, allowed(), nullptr);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const auto record = boost::json::parse(text);
  const auto agent = record.at("userAgent").as_string();
  EXPECT_TRUE(agent.starts_with("a\"b\\c\n\x01\xEF\xBF\xBD\xEF\xBF\xBD"));
  EXPECT_LE(agent.size(), 1'030u);
  EXPECT_EQ(record.at("requestParameters").at("Key\n"), "\xEF\xBF\xBD\"");
  EXPECT_EQ(record.at("requestParameters").at("list").as_array().size(), 2u);
  call.request_parameters = boost::json::object{{"Key", std::string(100'000, 'k')}};
  const auto large = boost::json::parse(call_record(call, allowed(), nullptr));
  EXPECT_EQ(large.at("requestParameters").at("omitted"), true);
}

TEST_F(Audit, AnAttemptListsItsStages) {
  store::Delivery delivery;
  delivery.id = DeliveryId("d1");
  delivery.function = FunctionName("f");
  delivery.event.bucket = "bucket";
  delivery.event.key = "key";
  delivery.attempts = 2;
  delivery.outcome = store::OutcomeKind::Pending;
  delivery.cause = store::Cause{.code = "Malformed.Gzip", .message = "cut", .stage = "parsers.alb"};
  delivery.stages = {{.stage = "parsers.alb", .rows_in = 0, .rows_out = 7, .micros = 5}};
  auto invoke = a_call();
  invoke.principal = {.kind = sdk::PrincipalKind::Service, .service = "s3.amazonaws.com"};
  invoke.action = "lambda:InvokeFunction";
  std::vector<JudgedCall> judged = {{invoke, allowed()}, {a_call(), allowed()}};
  const auto record_of = [&] {
    return boost::json::parse(attempt_record({.delivery = delivery,
                                              .judged = judged,
                                              .request_id = RequestId("r"),
                                              .function_arn = "arn:f"}));
  };
  auto record = record_of();
  EXPECT_EQ(record.at("eventType"), "AwsServiceEvent");
  EXPECT_EQ(record.at("eventName"), "Invoke");
  EXPECT_EQ(record.at("errorCode"), "Malformed.Gzip");
  EXPECT_EQ(record.at("serviceEventDetails").at("attempt"), 2);
  EXPECT_EQ(record.at("serviceEventDetails").at("failedStage"), "parsers.alb");
  EXPECT_EQ(record.at("serviceEventDetails").at("stages").at(0).at("rowsOut"), 7);
  EXPECT_EQ(record.at("serviceEventDetails").at("event").at("key"), "key");
  EXPECT_EQ(record.at("additionalEventData").at("decisions").as_array().size(), 2u);
  EXPECT_EQ(record.at("additionalEventData").at("decisions").at(0).at("principal"),
            "s3.amazonaws.com");
  judged[1].decision = denied();
  EXPECT_EQ(record_of().at("errorCode"), "AccessDenied");
  delivery.outcome = store::OutcomeKind::Succeeded;
  judged[1].decision = allowed();
  EXPECT_FALSE(record_of().as_object().contains("errorCode"));
}

TEST_F(Audit, NobodyElseCanWriteWhatLooksLikeASeal) {
  const auto seal =
      seal_record({.scope = kScope, .time = kNow, .digest = 2, .first = 3, .last = 9});
  EXPECT_TRUE(is_seal_record(seal));
  const auto read = boost::json::parse(seal);
  EXPECT_EQ(read.at("userIdentity").at("invokedBy"), "sextant.amazonaws.com");
  EXPECT_EQ(read.at("serviceEventDetails").at("lastSequence"), 9);
  auto call = a_call();
  call.user_agent = seal;
  call.operation = "\"eventName\":\"SealAuditSegment\",\"eventType\":\"AwsServiceEvent\"";
  EXPECT_FALSE(is_seal_record(call_record(call, allowed(), nullptr)));
  // Nor by names of parameters, which are a call's own.
  call.request_parameters =
      boost::json::object{{"eventName", "SealAuditSegment"}, {"eventType", "AwsServiceEvent"}};
  EXPECT_FALSE(is_seal_record(call_record(call, allowed(), nullptr)));
}

TEST_F(Audit, AChangeAndItsRecordAreOneBatch) {
  ports::Batch batch;
  batch.conditions.push_back({.key = "k", .version = 7});  // does not hold
  batch.puts.push_back({.key = "k", .value = "v"});
  bool failed = false;
  audit.commit(std::move(batch), a_call(), allowed(), [&](auto committed) { failed = !committed; });
  EXPECT_TRUE(failed);
  EXPECT_TRUE(records().empty());
  audit.commit({.puts = {{.key = "k", .value = "v"}}}, a_call(), allowed(),
               [&](auto committed) { failed = !committed; });
  EXPECT_FALSE(failed);
  EXPECT_EQ(records().size(), 1u);
  EXPECT_EQ(verified().records, 1u);
}

TEST_F(Audit, RefusedAnonymousCallsAreCountedBySourceAndSecond) {
  const Error error{.code = Code::Denied, .message = "no", .name = "AccessDenied"};
  auto call = a_call();
  call.principal = {};
  int answered = 0;
  const auto refuse = [&] {
    audit.record_refused(call, denied(), error, [&](const Result<>& recorded) {
      EXPECT_TRUE(recorded);
      ++answered;
    });
  };
  for (int i = 0; i < 1'000; ++i) refuse();
  EXPECT_EQ(answered, 1'000);
  EXPECT_EQ(records().size(), 1u);
  call.source_ip = "192.0.2.8";
  refuse();
  EXPECT_EQ(records().size(), 2u);

  std::latch written(1);
  store.wait(stream, 3, [&] { written.count_down(); });
  clock.advance(std::chrono::seconds(1));
  written.wait();
  const auto all = records();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[2].at("sourceIPAddress"), "192.0.2.7");
  EXPECT_EQ(all[2].at("additionalEventData").at("count"), 999);
  EXPECT_EQ(all[2].at("eventName"), "PutObject");
  EXPECT_EQ(all[2].at("errorCode"), "AccessDenied");
  EXPECT_FALSE(verified().broken);
}

TEST_F(Audit, AFloodFromManyAddressesStaysBounded) {
  const Error error{.code = Code::Denied, .message = "no", .name = "AccessDenied"};
  auto call = a_call();
  call.principal = {};
  {
    AuditLog flooded{kScope, clock, store};
    for (int i = 0; i < 5'000; ++i) {
      call.source_ip = "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250);
      flooded.record_refused(call, denied(), error, [](const Result<>&) {});
    }
    EXPECT_EQ(records().size(), 1'025u);
  }
  const auto all = records();  // the counts that were open are written at the end
  ASSERT_EQ(all.size(), 1'026u);
  EXPECT_EQ(all.back().at("sourceIPAddress"), "several addresses");
  EXPECT_EQ(all.back().at("additionalEventData").at("count"), 5'000 - 1'025);
}

TEST_F(Audit, AFullQueueIsTheCallersError) {
  adapters::MemoryStore tiny{clock, {.queue_batches_max = 1}};
  AuditLog full{kScope, clock, tiny};
  tiny.hold();
  std::vector<Code> errors;
  for (int i = 0; i < 2; ++i) {
    full.record(a_call(), allowed(), nullptr, [&](const Result<>& recorded) {
      if (!recorded) errors.push_back(recorded.error().code);
    });
  }
  tiny.release();
  EXPECT_EQ(errors, std::vector<Code>{Code::Exhausted});
}

// A stream as an attacker with the disk in hand leaves it.
class TamperedLog final : public ports::StreamLog {
 public:
  explicit TamperedLog(std::vector<ports::StreamRecord> records) : records_(std::move(records)) {}
  Result<std::vector<ports::StreamRecord>> read(std::string_view, std::uint64_t from,
                                                std::size_t records_max,
                                                std::size_t) const override {
    std::vector<ports::StreamRecord> found;
    for (const auto& record : records_) {
      if (record.sequence >= from && found.size() < records_max) found.push_back(record);
    }
    return found;
  }
  Result<std::uint64_t> next_sequence(std::string_view) const override { return next; }
  void wait(std::string_view, std::uint64_t, std::move_only_function<void()>) override {}
  Result<> trim(std::string_view, std::uint64_t) override { return {}; }

  std::uint64_t next = 11;
  std::vector<ports::StreamRecord> records_;
};

class Verify : public Audit {
 protected:
  void SetUp() override {
    for (int i = 0; i < 10; ++i) audit.record(a_call(), allowed(), nullptr, [](const Result<>&) {});
    good = *store.read(stream, 1, 100, 1 << 20);
    ASSERT_EQ(good.size(), 10u);
  }
  std::uint64_t first_broken(std::vector<ports::StreamRecord> records, std::uint64_t from = 1,
                             std::uint64_t to = 0) {
    const auto report = verify(TamperedLog(std::move(records)), stream, from, to);
    EXPECT_TRUE(report);
    return report->broken ? report->broken->sequence : 0;
  }
  std::vector<ports::StreamRecord> good;
};

TEST_F(Verify, WhatWasWrittenHolds) {
  const auto report = verified();
  EXPECT_FALSE(report.broken);
  EXPECT_EQ(report.records, 10u);
  EXPECT_EQ(report.first, 1u);
  EXPECT_EQ(report.last, 10u);
  EXPECT_EQ(report.last_chain, good.back().chain);
  EXPECT_EQ(first_broken(good, 4, 7), 0u);
  adapters::MemoryStore empty{clock};
  EXPECT_EQ(verify(empty, stream)->records, 0u);
}

TEST_F(Verify, FindsTheFirstChangedRemovedOrMovedRecord) {
  auto bad = good;
  bad[3].payload[20] ^= 1;
  EXPECT_EQ(first_broken(bad), 4u);
  bad = good;
  bad[3].payload[20] ^= 1;  // and its hash made to fit: then the next one does not
  bad[3].chain = ports::chain_hash(bad[2].chain, bad[3].payload);
  EXPECT_EQ(first_broken(bad), 5u);
  bad = good;
  bad.erase(bad.begin() + 6);
  EXPECT_EQ(first_broken(bad), 7u);
  bad = good;
  bad.erase(bad.begin() + 6);  // and the rest renumbered
  for (std::size_t i = 6; i < bad.size(); ++i) bad[i].sequence = i + 1;
  EXPECT_EQ(first_broken(bad), 7u);
  bad = good;
  std::swap(bad[1].payload, bad[2].payload);
  EXPECT_EQ(first_broken(bad), 2u);
  bad = good;
  std::swap(bad[1], bad[2]);
  std::swap(bad[1].sequence, bad[2].sequence);
  EXPECT_EQ(first_broken(bad), 2u);
  bad = good;
  bad.pop_back();
  EXPECT_EQ(first_broken(bad), 10u);
  bad = good;
  bad.insert(bad.begin() + 5, bad[4]);
  for (std::size_t i = 5; i < bad.size(); ++i) bad[i].sequence = i + 1;
  EXPECT_EQ(first_broken(bad), 6u);
}

TEST_F(Verify, CheckpointsShowWhatTheChainAloneCannot) {
  const auto reason = [&](const std::vector<ports::StreamRecord>& records, std::uint64_t last) {
    TamperedLog log(records);
    log.next = records.size() + 1;
    const std::vector<Checkpoint> points{
        {.sequence = 3, .chain = good[2].chain, .source = "digest 1"},
        {.sequence = last, .chain = good[last - 1].chain, .source = "digest 2"}};
    const auto report = verify(log, stream, points);
    EXPECT_TRUE(report);
    return report->broken ? report->broken->what : "";
  };
  EXPECT_EQ(reason(good, 10), "");
  auto cut = good;
  cut.resize(7);
  EXPECT_EQ(reason(cut, 7), "") << "what was not covered yet can be cut off unseen";
  EXPECT_TRUE(reason(cut, 8).contains("cut off")) << reason(cut, 8);
  EXPECT_TRUE(reason(cut, 8).contains("digest 2"));
  EXPECT_TRUE(reason({}, 8).contains("cut off"));

  auto anew = good;  // with hashes that fit
  anew[0].payload += " ";
  Sha256Digest chain = {};
  for (auto& record : anew) record.chain = chain = ports::chain_hash(chain, record.payload);
  EXPECT_EQ(first_broken(anew), 0u) << "the chain by itself holds";
  EXPECT_TRUE(reason(anew, 10).contains("digest 1 was made of: it was written anew"));
}

TEST_F(Verify, AfterTrimTheOldestKeptRecordAnchorsTheChain) {
  auto kept = good;
  kept.erase(kept.begin(), kept.begin() + 4);
  EXPECT_EQ(first_broken(kept, 5), 0u);
  kept[3].payload += "x";
  EXPECT_EQ(first_broken(kept, 5), 8u);
}

}  // namespace
}  // namespace sextant::guard
