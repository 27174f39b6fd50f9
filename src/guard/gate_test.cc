#include "guard/gate.h"

#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <future>

#include "adapters/memory/store.h"
#include "guard/iam/iam_test_support.h"
#include "guard/snapshot_policy_source.h"
#include "store/keys.h"

namespace sextant::guard {
namespace {

namespace test = iam::test;

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};
const Scope kScope{AccountId(test::kAccount), Region("us-east-1")};

class FixedPolicies final : public PolicySource {
 public:
  AppliedPolicies policies_for(const sdk::Call&) const override { return applied; }
  AppliedPolicies applied;
};

class GateTest : public testing::Test {
 protected:
  using Handle = std::function<void(std::shared_ptr<Permit>, sdk::Input, sdk::Reply)>;

  Operation operation(Handle handle) {
    return {.service = "s3",
            .name = "PutObject",
            .action = "s3:PutObject",
            .target = [](const Scope&, const sdk::Input& input) -> Result<Target> {
              const auto* bucket = input.parameters.if_contains("Bucket");
              if (bucket == nullptr) return fail(Code::Invalid, "no bucket", "InvalidRequest");
              return Target{.resource = "arn:aws:s3:::" + std::string(bucket->as_string()),
                            .context = {{"s3:x-amz-acl", {"private"}}}};
            },
            .handle = std::move(handle)};
  }
  // What the reply says: "" or the error's name (or message).
  std::string run(const Operation& op, sdk::Principal principal = test::user(),
                  boost::json::object parameters = {{"Bucket", "b"}}) {
    std::string answer = "(none)";
    Caller caller{.principal = std::move(principal), .request_id = RequestId("r")};
    caller.source_ip = "192.0.2.1";
    caller.context = {{"aws:SecureTransport", {"true"}}, {"s3:x-amz-acl", {"forged"}}};
    gate.run(op, std::move(caller), {.parameters = std::move(parameters)},
             [&](const Result<sdk::Output>& output) {
               recorded_before_reply = records().size();
               answer = output ? "" : output.error().name + ":" + output.error().message;
             });
    return answer;
  }
  std::vector<boost::json::object> records() const {
    std::vector<boost::json::object> all;
    const auto read = store.read(store::keys::audit_stream(kScope), 1, 1'000, 1 << 20);
    if (!read) return all;
    for (const auto& record : *read) all.push_back(boost::json::parse(record.payload).as_object());
    return all;
  }
  static Handle succeed() {
    return
        [](const std::shared_ptr<Permit>&, sdk::Input, sdk::Reply reply) { reply(sdk::Output{}); };
  }
  void allow(const std::string& more = "") {
    policies.applied.identity = {test::policy(test::allow("s3:*", "arn:aws:s3:::b", more))};
  }

  ManualClock clock{kNow};
  adapters::MemoryStore store{clock};
  AuditLog audit{kScope, clock, store};
  FixedPolicies policies;
  Gate gate{kScope, clock, policies, audit};
  std::size_t recorded_before_reply = 0;
};

TEST_F(GateTest, ARefusalIsRecordedBeforeItIsTold) {
  bool handled = false;
  const auto op = operation([&](const std::shared_ptr<Permit>&, sdk::Input, sdk::Reply reply) {
    handled = true;
    reply(sdk::Output{});
  });
  const auto answer = run(op);
  EXPECT_TRUE(
      answer.starts_with("AccessDenied:User: arn:aws:iam::111122223333:user/ann is not "
                         "authorized to perform: s3:PutObject on resource: "
                         "\"arn:aws:s3:::b\" because no identity-based policy"))
      << answer;
  EXPECT_FALSE(handled);
  EXPECT_EQ(recorded_before_reply, 1u);
  EXPECT_EQ(records()[0].at("errorCode"), "AccessDenied");
  EXPECT_EQ(records()[0].at("additionalEventData").at("decision"), "Deny");
}

TEST_F(GateTest, DecisionsAreCountedByServiceAndOutcome) {
  const auto count = [&](const std::string& service, const std::string& decision) {
    for (const auto& sample : gate.decisions()) {
      if (sample.labels == metrics::Labels{{"service", service}, {"decision", decision}})
        return static_cast<int>(sample.value);
    }
    return -1;
  };
  EXPECT_EQ(count("s3", "allow"), -1);
  run(operation(succeed()));
  run(operation(succeed()), sdk::Principal{});
  run(operation(succeed()), test::user(), {});
  gate.refuse("iam", "GetUser", {.principal = sdk::Principal{}},
              {Code::Denied, "who?", "InvalidClientTokenId"}, [](const auto&) {});
  allow();
  run(operation(succeed()));
  EXPECT_EQ(count("s3", "allow"), 1);
  EXPECT_EQ(count("s3", "deny"), 2) << "refused, and not to be read";
  EXPECT_EQ(count("s3", "unauthenticated"), 1);
  EXPECT_EQ(count("s3", "throttle"), 0);
  EXPECT_EQ(count("iam", "unauthenticated"), 1);
}

TEST_F(GateTest, AReadIsRecordedBeforeItsReply) {
  allow();
  EXPECT_EQ(run(operation(succeed())), "");
  EXPECT_EQ(recorded_before_reply, 1u);
  ASSERT_EQ(records().size(), 1u);
  EXPECT_FALSE(records()[0].contains("errorCode"));
  EXPECT_EQ(records()[0].at("requestParameters").at("bucketName"), "b");
}

TEST_F(GateTest, WhatTakesLongRunsElsewhereAndIsBounded) {
  allow();
  LongCalls long_calls({.threads = 1, .waiting_max = 1});
  Gate bounded(kScope, clock, policies, audit, &long_calls);
  std::promise<void> begun;
  std::promise<void> end;
  auto held = operation([&](const std::shared_ptr<Permit>&, sdk::Input, sdk::Reply reply) {
    begun.set_value();
    end.get_future().wait();
    reply(sdk::Output{});
  });
  auto waiting = operation(succeed());
  held.takes_long = waiting.takes_long = true;
  const auto start = [&](const Operation& op) {
    auto answered = std::make_shared<std::promise<std::string>>();
    auto answer = answered->get_future();
    bounded.run(op, {.principal = test::user(), .request_id = RequestId("r")},
                {.parameters = {{"Bucket", "b"}}}, [answered](const Result<sdk::Output>& output) {
                  answered->set_value(output ? "" : output.error().name);
                });
    return answer;
  };
  auto first = start(held);
  begun.get_future().wait();
  auto second = start(waiting);
  auto third = start(waiting);
  EXPECT_EQ(third.get(), "ServiceUnavailable");
  EXPECT_EQ(records()[0].at("errorCode"), "ServiceUnavailable");
  EXPECT_EQ(records()[0].at("additionalEventData").at("decision"), "Throttle");
  EXPECT_EQ(start(operation(succeed())).get(), "") << "what does not take long does not wait";
  end.set_value();
  EXPECT_EQ(first.get(), "");
  EXPECT_EQ(second.get(), "");
  long_calls.stop();
}

TEST_F(GateTest, SecretParametersAreNotInTheRecord) {
  allow();
  auto op = operation(succeed());
  op.secret_parameters = {"Password", "Absent"};
  EXPECT_EQ(run(op, test::user(), {{"Bucket", "b"}, {"Password", "hunter2"}}), "");
  EXPECT_EQ(records()[0].at("requestParameters").at("password"), "HIDDEN_DUE_TO_SECURITY_REASONS");
  EXPECT_FALSE(records()[0].at("requestParameters").as_object().contains("absent"));
}

TEST_F(GateTest, TheAnswerOfAChangeIsInItsRecord) {
  allow();
  const auto answer = [](const std::shared_ptr<Permit>&, sdk::Input, sdk::Reply reply) {
    sdk::Output output;
    output.result = {{"UserId", "AIDA1"}, {"SecretAccessKey", "hush"}};
    reply(std::move(output));
  };
  auto op = operation(answer);
  const auto response_of = [&] {
    EXPECT_EQ(run(op), "");
    return boost::json::serialize(records().back().at("responseElements"));
  };
  const std::string shown = R"({"userId":"AIDA1"})";
  EXPECT_EQ(response_of(), shown);
  op.access = sdk::Access::Read;
  EXPECT_EQ(response_of(), "null");
  op.answer_in_record = true;
  EXPECT_EQ(response_of(), shown);
  op.answer_in_record = false;
  op.access = sdk::Access::Write;
  op.category = sdk::EventCategory::Data;
  EXPECT_EQ(response_of(), "null");
}

TEST_F(GateTest, WhatElseWasAskedIsInTheOneRecord) {
  allow();
  const auto op =
      operation([](const std::shared_ptr<Permit>& permit, sdk::Input, sdk::Reply reply) {
        auto inner = permit->call();
        inner.action = "iam:PassRole";
        permit->asked(
            inner, {.verdict = sdk::Verdict::Allow, .reason = {}, .deciding_statements = {"p#S"}});
        permit->will_answer({{"Id", "1"}});
        permit->commit({.puts = {{.key = "k", .value = "v"}}},
                       [reply = std::move(reply)](const auto&) mutable { reply(sdk::Output{}); });
      });
  EXPECT_EQ(run(op), "");
  ASSERT_EQ(records().size(), 1u);
  EXPECT_EQ(boost::json::serialize(records()[0].at("responseElements")), R"({"id":"1"})");
  EXPECT_EQ(
      boost::json::serialize(records()[0].at("additionalEventData").at("decisions")),
      R"([{"action":"iam:PassRole","resource":"arn:aws:s3:::b","decision":"Allow","statements":["p#S"]}])");
}

TEST_F(GateTest, WhatTheParametersSayOutranksTheTransport) {
  allow(R"("Condition":{"StringEquals":{"s3:x-amz-acl":"private"},
                        "Bool":{"aws:SecureTransport":"true"}})");
  EXPECT_EQ(run(operation(succeed())), "");
}

TEST_F(GateTest, AChangeHasItsRecordInItsOwnBatch) {
  allow();
  const auto op =
      operation([](const std::shared_ptr<Permit>& permit, sdk::Input, sdk::Reply reply) {
        permit->commit({.puts = {{.key = "k", .value = "v"}}},
                       [reply = std::move(reply)](const auto& committed) mutable {
                         EXPECT_TRUE(committed);
                         reply(sdk::Output{});
                       });
      });
  EXPECT_EQ(run(op), "");
  EXPECT_EQ(recorded_before_reply, 1u);
  EXPECT_EQ(records().size(), 1u);
  EXPECT_TRUE(store.get("k")->has_value());
}

TEST_F(GateTest, AFailedCommitIsRecordedOnceAsAFailure) {
  allow();
  const auto op =
      operation([](const std::shared_ptr<Permit>& permit, sdk::Input, sdk::Reply reply) {
        ports::Batch batch;
        batch.conditions.push_back({.key = "k", .version = 99});
        permit->commit(std::move(batch), [reply = std::move(reply)](auto committed) mutable {
          reply(fail(Code::Conflict, "somebody was first", "ConditionalRequestConflict"));
          EXPECT_FALSE(committed);
        });
      });
  EXPECT_EQ(run(op), "ConditionalRequestConflict:somebody was first");
  ASSERT_EQ(records().size(), 1u);
  EXPECT_EQ(records()[0].at("errorCode"), "ConditionalRequestConflict");
  EXPECT_EQ(records()[0].at("additionalEventData").at("decision"), "Allow");
}

TEST_F(GateTest, AfterAConflictTheOperationMayTryAgain) {
  allow();
  const auto op =
      operation([](const std::shared_ptr<Permit>& permit, sdk::Input, sdk::Reply reply) {
        ports::Batch batch;
        batch.conditions.push_back({.key = "k", .version = 99});
        permit->commit(std::move(batch), [permit, reply = std::move(reply)](const auto&) mutable {
          permit->commit({.puts = {{.key = "k", .value = "v"}}},
                         [reply = std::move(reply)](const auto& committed) mutable {
                           EXPECT_TRUE(committed);
                           reply(sdk::Output{});
                         });
        });
      });
  EXPECT_EQ(run(op), "");
  EXPECT_EQ(records().size(), 1u);
}

TEST_F(GateTest, MalformedParametersAreRecordedToo) {
  allow();
  EXPECT_EQ(run(operation(succeed()), test::user(), {{"Bukket", "b"}}), "InvalidRequest:no bucket");
  ASSERT_EQ(records().size(), 1u);
  EXPECT_EQ(records()[0].at("errorCode"), "InvalidRequest");
}

TEST_F(GateTest, NoAnswerWithoutARecord) {
  allow();
  adapters::MemoryStore tiny{clock, {.queue_batches_max = 1}};
  AuditLog full{kScope, clock, tiny};
  Gate narrow{kScope, clock, policies, full};
  tiny.hold();
  std::vector<std::string> answers;
  for (int i = 0; i < 2; ++i) {
    narrow.run(operation(succeed()), {.principal = test::user()}, {.parameters = {{"Bucket", "b"}}},
               [&](const Result<sdk::Output>& output) {
                 answers.emplace_back(output ? "" : to_string(output.error().code));
               });
  }
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0], to_string(Code::Exhausted));
  tiny.release();
  EXPECT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[1], "");
}

TEST_F(GateTest, AnonymousRefusalsAreCounted) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(run(operation(succeed()), {}).starts_with("AccessDenied:"));
  }
  EXPECT_EQ(records().size(), 1u);
}

TEST_F(GateTest, FailedAuthenticationIsRecordedWithTheClaimedKey) {
  sdk::Principal claimed;
  claimed.access_key_id = "AKIACLAIMED";
  Error error{.code = Code::Denied, .message = "bad", .name = "SignatureDoesNotMatch"};
  std::string answer;
  gate.refuse("s3", "PutObject", {.principal = claimed, .source_ip = "192.0.2.1"}, error,
              [&](const Result<sdk::Output>& output) {
                recorded_before_reply = records().size();
                answer = output.error().name;
              });
  EXPECT_EQ(answer, "SignatureDoesNotMatch");
  EXPECT_EQ(recorded_before_reply, 1u);
  const auto record = records().at(0);
  EXPECT_EQ(record.at("userIdentity").at("accessKeyId"), "AKIACLAIMED");
  EXPECT_EQ(record.at("errorCode"), "SignatureDoesNotMatch");
}

TEST_F(GateTest, AMalformedRequestOfAKnownCallerIsRecordedAsTheirs) {
  const Error error{.code = Code::Invalid, .message = "bad", .name = "MalformedXML"};
  for (int i = 0; i < 3; ++i) {
    gate.refuse("s3", "PutObject", {.principal = test::user(), .source_ip = "192.0.2.1"}, error,
                [&](const Result<sdk::Output>& output) { EXPECT_FALSE(output); });
  }
  ASSERT_EQ(records().size(), 3u);
  EXPECT_EQ(records()[2].at("userIdentity").at("userName"), "ann");
}

}  // namespace
}  // namespace sextant::guard
