#include "services/intake/intake_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>
#include <utility>

#include "core/json.h"
#include "guard/intake_role.h"
#include "services/intake/in_flight.h"
#include "services/s3/object_putter.h"
#include "store/keys.h"
#include "tests/support/gzip.h"
#include "tests/support/s3_fixture.h"

namespace sextant::services::intake {
namespace {

model::Function function(const char* name, const char* handler) {
  model::Function made;
  made.name = FunctionName(name);
  made.arn = std::string("arn:aws:lambda:us-east-1:000000000000:function:") + name;
  made.handler = handler;
  return made;
}

// Buckets "logs" for ALB logs and "waf" for two kinds of objects, one of them WAF logs.
model::App an_app() {
  model::App app;
  app.name = "ti";
  const auto add = [&](const char* bucket, const model::Function& reader, const char* prefix,
                       const char* suffix) {
    app.functions[reader.name.text()] = reader;
    auto& made = app.buckets[bucket];
    made.name = BucketName(bucket);
    made.arn = std::string("arn:aws:s3:::") + bucket;
    made.notifications.push_back({.id = reader.name.text(),
                                  .events = {"s3:ObjectCreated:*"},
                                  .prefix = prefix,
                                  .suffix = suffix,
                                  .function_arn = reader.arn});
  };
  add("logs", function("alb", "parsers.alb | lake.land"), "", "");
  add("waf", function("other", "parsers.auto|lake.land"), "other/", "");
  add("waf", function("waf", "parsers.waf|lake.land"), "in/", ".log");
  return app;
}

// Puts objects as S3 does, once something has happened before.
class LateWriter final : public patterns::event::ObjectWriter {
 public:
  explicit LateWriter(patterns::event::ObjectWriter& inner) : inner_(inner) {}
  void put(patterns::event::ObjectPut put,
           std::move_only_function<void(Result<>)> on_done) override {
    if (before) std::exchange(before, {})();
    inner_.put(std::move(put), std::move(on_done));
  }
  std::function<void()> before;

 private:
  patterns::event::ObjectWriter& inner_;
};

// A client that has begun to send; the test says how it goes on.
class SlowBody final : public Body {
 public:
  explicit SlowBody(std::vector<OnChunk>& clients) : clients_(clients) {}
  void read(OnChunk on_chunk) override { clients_.push_back(std::move(on_chunk)); }

 private:
  std::vector<OnChunk>& clients_;
};

class IntakeTest : public test::S3Test {
 protected:
  IntakeTest() : test::S3Test({an_app()}) {
    make_bucket("logs");
    make_bucket("waf");
    const auto s3 = *services::s3::open({.scope = scope,
                                         .clock = clock,
                                         .log = store,
                                         .state = store,
                                         .bodies = *bodies,
                                         .events = *events});
    writer.emplace(s3);
    late_writer.emplace(*writer);
    tokens = *guard::IntakeTokens::open(scope, store);
    table = intake::operations({.scope = scope,
                                .clock = clock,
                                .state = store,
                                .configuration = *configuration,
                                .bodies = *bodies,
                                .tokens = *tokens,
                                .objects = *late_writer,
                                .judge = [this](const sdk::Call& call) { return gate.judge(call); },
                                .metrics = metrics});
  }

  test::Answer call_as(const sdk::Principal& who, std::string_view operation,
                       boost::json::object parameters, std::optional<std::string> body = {}) {
    std::optional<test::Answer> answer;
    sdk::Input input{.parameters = std::move(parameters)};
    if (body) input.body = make_body(std::move(*body));
    const auto row = std::ranges::find(table, operation, &guard::Operation::name);
    gate.run(*row, {.principal = who, .request_id = RequestId("r")}, std::move(input),
             [&](Result<sdk::Output> output) { answer = to_answer(std::move(output)); });
    EXPECT_TRUE(answer) << operation;
    return answer.value_or(test::Answer{});
  }
  test::Answer create(const std::string& name, const std::string& kind,
                      boost::json::object more = {}) {
    more["Name"] = name;
    more["Kind"] = kind;
    return call_as(root(), "CreateIntakeSource", std::move(more));
  }
  test::Answer push(const std::string& name, const std::string& lines,
                    boost::json::object more = {}, const std::string& kind = "alb") {
    const auto source = tokens->find_source(name);
    EXPECT_NE(source, nullptr);
    more["Kind"] = kind;
    return call_as(guard::intake_principal(scope, *source), "PutIntakeBatch", std::move(more),
                   lines);
  }
  void undeploy_reader_of_logs() {
    ports::Batch batch;
    auto app = an_app();
    app.buckets.erase("logs");
    batch.puts.push_back({store::keys::app(scope, app.name), model::encode(app)});
    ASSERT_TRUE(ports::commit(store, std::move(batch)));
    ASSERT_TRUE(configuration->refresh());
  }
  std::size_t deliveries() const { return dispatcher.woken.size(); }
  std::size_t audit_records() {
    return store.read(store::keys::audit_stream(scope), 1, 10'000, 1 << 30)->size();
  }

  metrics::Registry metrics;
  std::optional<services::s3::ObjectPutter> writer;
  std::optional<LateWriter> late_writer;
  std::unique_ptr<guard::IntakeTokens> tokens;
  guard::OperationTable table;
};

TEST_F(IntakeTest, ABatchIsAnObjectWithItsEventAndOneRecord) {
  const auto made = create("web-1", "alb");
  ASSERT_EQ(made.error, "") << made.message;
  EXPECT_EQ(made.text("Bucket"), "logs");
  EXPECT_EQ(tokens->find(made.text("Token"))->name, "web-1");
  const auto records = audit_records();
  const auto record =
      store.read(store::keys::audit_stream(scope), records, 1, 1 << 20)->at(0).payload;
  EXPECT_FALSE(record.contains(made.text("Token"))) << record;
  EXPECT_TRUE(record.contains(R"("tokenId":")" + made.text("TokenId") + "\"")) << record;
  EXPECT_TRUE(record.contains(R"("decisions":[{"action":"s3:PutObject",)")) << record;
  const auto taken = push("web-1", "one\ntwo\n", {{"Batch", "b1"}});
  ASSERT_EQ(taken.error, "") << taken.message;
  EXPECT_EQ(taken.text("Key"), "intake/web-1/2026/07/02/222300-b1");
  EXPECT_EQ(taken.text("Lines"), "2");
  EXPECT_EQ(taken.text("Repeated"), "false");
  EXPECT_EQ(deliveries(), 1u);
  EXPECT_EQ(audit_records(), records + 1);
  EXPECT_EQ(get(taken.text("Key")).body, "one\ntwo\n");
}

TEST_F(IntakeTest, ABatchIsTakenOnce) {
  create("web-1", "alb");
  const auto first = push("web-1", "one\n", {{"Batch", "b1"}});
  clock.advance(std::chrono::hours(24 * 6));
  const auto again = push("web-1", test::gzip("one\n"), {{"Batch", "b1"}});
  EXPECT_EQ(again.text("Repeated"), "true");
  EXPECT_EQ(again.text("Key"), first.text("Key"));
  EXPECT_EQ(push("web-1", "other\n", {{"Batch", "b1"}}).error, "IdempotentParameterMismatch");
  EXPECT_EQ(deliveries(), 1u);
  // Another source has its own.
  create("web-2", "alb");
  EXPECT_EQ(push("web-2", "one\n", {{"Batch", "b1"}}).text("Repeated"), "false");
  EXPECT_EQ(deliveries(), 2u);
  EXPECT_EQ(stored_bodies(), 2u);
  clock.advance(std::chrono::hours(24 * 2));
  EXPECT_EQ(push("web-1", "one\n", {{"Batch", "b1"}}).text("Repeated"), "false");
}

TEST_F(IntakeTest, WithoutAnIdItsLinesAreItForAnHour) {
  create("web-1", "alb");
  EXPECT_EQ(push("web-1", "one\n").text("Repeated"), "false");
  clock.advance(std::chrono::minutes(59));
  EXPECT_EQ(push("web-1", test::gzip("one\n")).text("Repeated"), "true");
  EXPECT_EQ(push("web-1", "one").text("Repeated"), "false");
  clock.advance(std::chrono::minutes(2));
  EXPECT_EQ(push("web-1", "one\n").text("Repeated"), "false");
  EXPECT_EQ(deliveries(), 3u);
}

TEST_F(IntakeTest, WhatIsRefusedLeavesNothing) {
  create("web-1", "alb", {{"RequestsPerSecond", 100}});
  const std::tuple<std::string, boost::json::object, const char*> rows[] = {
      {"", {}, "MalformedBody"},
      {test::gzip("one\n").substr(0, 15), {}, "MalformedBody"},
      {"one\n", {{"ContentEncoding", "gzip"}}, "MalformedBody"},
      {"one\n", {{"ContentEncoding", "br"}}, "UnsupportedMediaType"},
      {"one\n", {{"Batch", "a/b"}}, "ValidationException"},
      {"one\n", {{"Batch", std::string(129, 'b')}}, "ValidationException"},
      {std::string((32 << 20) + 1, 'x'), {}, "RequestEntityTooLarge"},
  };
  for (const auto& [lines, more, name] : rows) {
    const auto records = audit_records();
    EXPECT_EQ(push("web-1", lines, more).error, name);
    EXPECT_EQ(audit_records(), records + 1) << name;
  }
  EXPECT_EQ(push("web-1", "one\n", {}, "waf").error, "AccessDenied");
  EXPECT_EQ(deliveries(), 0u);
  wait_for_collector();
  EXPECT_EQ(stored_bodies(), 0u);
}

TEST_F(IntakeTest, SpeaksForItselfOnly) {
  create("web-1", "alb");
  create("web-2", "alb");
  EXPECT_EQ(push("web-1", "one\n", {{"Source", "web-2"}}).text("Source"), "web-1");
  // Who signs says which source it is.
  EXPECT_EQ(call_as(root(), "PutIntakeBatch", {{"Kind", "alb"}, {"Source", "web-2"}}, "one\n")
                .text("Source"),
            "web-2");
  EXPECT_EQ(
      call_as(root(), "PutIntakeBatch", {{"Kind", "waf"}, {"Source", "web-2"}}, "one\n").error,
      "ResourceNotFoundException");
  EXPECT_EQ(call_as(root(), "PutIntakeBatch", {{"Kind", "alb"}}, "one\n").error,
            "ValidationException");
}

TEST_F(IntakeTest, TooMuchIsThrottled) {
  create("web-1", "alb", {{"RequestsPerSecond", 1}, {"BytesPerSecond", 1'000'000}});
  EXPECT_EQ(push("web-1", "1\n").error, "");
  EXPECT_EQ(push("web-1", "2\n").error, "");
  EXPECT_EQ(push("web-1", "3\n").error, "ThrottlingException");
  EXPECT_EQ(push("web-1", "3\n").code, Code::Exhausted);
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(push("web-1", "3\n").error, "");
}

TEST_F(IntakeTest, ASourceSendsSoManyBatchesAtOnceHoweverTheyEnd) {
  create("web-1", "alb", {{"RequestsPerSecond", 1'000}});
  std::vector<Body::OnChunk> clients;
  std::vector<std::string> answers;
  const auto begin = [&](const char* encoding) {
    const auto row = std::ranges::find(table, "PutIntakeBatch", &guard::Operation::name);
    sdk::Input input{.parameters = {{"Kind", "alb"}, {"ContentEncoding", encoding}},
                     .body = std::make_unique<SlowBody>(clients)};
    gate.run(*row,
             {.principal = guard::intake_principal(scope, *tokens->find_source("web-1")),
              .request_id = RequestId("r")},
             std::move(input), [&](Result<sdk::Output> output) {
               answers.push_back(to_answer(std::move(output)).error);
             });
  };
  const auto most = InFlightLimits().of_source_max;
  for (std::size_t i = 0; i < most; ++i) begin("gzip");
  EXPECT_EQ(clients.size(), most);
  EXPECT_EQ(push("web-1", "one\n").error, "ThrottlingException");
  auto waiting = std::exchange(clients, {});
  waiting[0](fail(Code::Unavailable, "the client went away"));
  waiting[1](std::string("no gzip"));
  EXPECT_EQ(answers, (std::vector<std::string>{"ServiceUnavailable", "MalformedBody"}));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(push("web-1", "one\n").error, "") << "also once taken";
  begin("");
  begin("");
  EXPECT_EQ(push("web-1", "one\n").error, "ThrottlingException");
  waiting.insert(waiting.end(), std::make_move_iterator(clients.begin()),
                 std::make_move_iterator(clients.end()));
  for (std::size_t i = 2; i < waiting.size(); ++i)
    waiting[i](fail(Code::Unavailable, "the client went away"));
}

TEST_F(IntakeTest, WhatComesOutOfABombCountsAsBytesToo) {
  create("web-1", "alb", {{"BytesPerSecond", 1'000'000}});
  const auto small = test::gzip(std::string(10'000, 'x'));
  EXPECT_EQ(push("web-1", small).error, "");
  EXPECT_EQ(push("web-1", test::gzip(std::string(4'000'000, 'x'))).error, "");
  EXPECT_EQ(push("web-1", small).error, "ThrottlingException");
  clock.advance(std::chrono::seconds(3));
  EXPECT_EQ(push("web-1", small).error, "");
  EXPECT_EQ(push("web-1", test::gzip(std::string(60 << 20, 'x'))).error, "RequestEntityTooLarge");
  EXPECT_EQ(push("web-1", small).error, "ThrottlingException") << "also of what was not taken";
}

TEST_F(IntakeTest, ABatchOfAnotherBucketIsAnotherBatch) {
  create("web-1", "alb");
  EXPECT_EQ(push("web-1", "one\n", {{"Batch", "b1"}}).text("Bucket"), "logs");
  EXPECT_EQ(call_as(root(), "RevokeIntakeSource", {{"Name", "web-1"}}).error, "");
  EXPECT_EQ(create("web-1", "alb", {{"Bucket", "waf"}}).error, "");
  const auto there = push("web-1", "one\n", {{"Batch", "b1"}});
  EXPECT_EQ(there.text("Bucket"), "waf");
  EXPECT_EQ(there.text("Repeated"), "false");
  EXPECT_EQ(push("web-1", "one\n", {{"Batch", "b1"}}).text("Repeated"), "true");
  EXPECT_EQ(deliveries(), 2u);
}

// A change that nobody knew of in time: its commit was in doubt, and came later.
TEST_F(IntakeTest, ALateChangeOfASourceIsSeenByTheNextCall) {
  const auto token = create("web-1", "alb").text("Token");
  const auto key = store::keys::intake_source(scope, "web-1");
  const auto record = (*store.get(key))->value;
  ports::Batch erased;
  erased.erases.push_back(key);
  ASSERT_TRUE(ports::commit(store, std::move(erased)));
  EXPECT_EQ(call_as(root(), "RevokeIntakeSource", {{"Name", "web-1"}}).error,
            "ResourceNotFoundException");
  EXPECT_EQ(tokens->find(token), nullptr);
  EXPECT_EQ(create("web-2", "alb").error, "");
  ports::Batch made;
  made.puts.push_back({.key = key, .value = record});
  ASSERT_TRUE(ports::commit(store, std::move(made)));
  EXPECT_EQ(create("web-1", "alb").error, "ResourceAlreadyExistsException");
  EXPECT_NE(tokens->find(token), nullptr);
  EXPECT_EQ(call_as(root(), "RevokeIntakeSource", {{"Name", "web-1"}}).error, "");
  EXPECT_EQ(create("web-1", "alb").error, "");
}

TEST_F(IntakeTest, ARevokedTokenIsNobodys) {
  const auto token = create("web-1", "alb").text("Token");
  const auto before = guard::intake_principal(scope, *tokens->find(token));
  EXPECT_EQ(create("web-1", "alb").error, "ResourceAlreadyExistsException");
  EXPECT_EQ(call_as(root(), "RevokeIntakeSource", {{"Name", "web-1"}}).error, "");
  EXPECT_EQ(tokens->find(token), nullptr);
  EXPECT_EQ(call_as(before, "PutIntakeBatch", {{"Kind", "alb"}}, "one\n").error,
            "ResourceNotFoundException");
  EXPECT_EQ(call_as(root(), "RevokeIntakeSource", {{"Name", "web-1"}}).error,
            "ResourceNotFoundException");
  EXPECT_EQ(create("web-1", "alb").error, "");
  EXPECT_EQ(tokens->find(token), nullptr) << "the new one is another";
}

TEST_F(IntakeTest, GoesWhereItsKindIsRead) {
  const auto waf = create("w", "waf");
  EXPECT_EQ(waf.text("Bucket"), "waf");
  EXPECT_EQ(waf.text("Prefix"), "in/intake/w/");
  EXPECT_EQ(push("w", "{}\n", {{"Batch", "b"}}, "waf").text("Key"),
            "in/intake/w/2026/07/02/222300-b.log");
  EXPECT_EQ(deliveries(), 1u);
  EXPECT_EQ(create("a", "auto").text("Prefix"), "other/intake/a/");
  EXPECT_EQ(create("b", "own", {{"Bucket", "logs"}}).text("Bucket"), "logs");
  EXPECT_EQ(create("c", "nothing").error, "ResourceNotFoundException");
  EXPECT_EQ(create("d", "alb", {{"Bucket", "none"}}).error, "ResourceNotFoundException");
}

TEST_F(IntakeTest, NamesAndRatesAreChecked) {
  for (const char* name : {"", ".", "-a", "a/b", "a b", "ä"})
    EXPECT_EQ(create(name, "alb").error, "ValidationException") << name;
  for (const char* kind : {"", "ALB", "a/b", "*", "1a"})
    EXPECT_EQ(create("web", kind).error, "ValidationException") << kind;
  for (const boost::json::value& rate :
       {boost::json::value(0), boost::json::value(-1), boost::json::value("5"),
        boost::json::value(1.5), boost::json::value(100'001)}) {
    EXPECT_EQ(create("web", "alb", {{"RequestsPerSecond", rate}}).error, "ValidationException")
        << rate;
  }
  EXPECT_EQ(create("web", "alb", {{"RequestsPerSecond", 100'000}}).error, "");
  const auto listed = call_as(root(), "ListIntakeSources", {});
  EXPECT_EQ(listed.result.at("Sources").as_array().size(), 1u);
  EXPECT_EQ(listed.text("Sources").find("Token\""), std::string::npos);
}

// While nothing waits for its objects a batch is held back, not taken: its rows would never come.
TEST_F(IntakeTest, NothingIsTakenThatNobodyReads) {
  create("web-1", "alb");
  EXPECT_EQ(push("web-1", "one\n").text("Repeated"), "false");
  late_writer->before = [this] { undeploy_reader_of_logs(); };  // the deployment comes in between
  for (int i = 0; i < 2; ++i) {
    const auto held_back = push("web-1", "two\n");
    EXPECT_EQ(held_back.code, Code::Unavailable);
    EXPECT_EQ(held_back.error, "ServiceUnavailable");
  }
  EXPECT_EQ(push("web-1", "one\n").text("Repeated"), "true") << "that one is taken";
  EXPECT_EQ(deliveries(), 1u);
  wait_for_collector();
  EXPECT_EQ(stored_bodies(), 1u);
}

TEST_F(IntakeTest, AFullQueueRefusesTheBatch) {
  create("web-1", "alb");
  dispatcher.full = true;
  EXPECT_EQ(push("web-1", "one\n", {{"Batch", "b1"}}).code, Code::Exhausted);
  dispatcher.full = false;
  EXPECT_EQ(push("web-1", "one\n", {{"Batch", "b1"}}).text("Repeated"), "false");
}

// The account's root may let others make sources, but only for what they may put there themselves.
TEST_F(IntakeTest, AMakerNeedsTheRightToPutThere) {
  sdk::Principal user;
  user.kind = sdk::PrincipalKind::AssumedRole;
  user.account = scope.account;
  user.role_arn = "arn:aws:iam::000000000000:role/ops";
  user.arn = "arn:aws:sts::000000000000:assumed-role/ops/x";
  user.principal_id = "ops:x";
  const auto with = [&](const char* actions) {
    model::App app;
    app.name = "ops";
    model::Role role;
    role.arn = user.role_arn;
    role.name = "ops";
    role.trust_policy = R"({"Version":"2012-10-17","Statement":[]})";
    role.inline_policies.push_back(
        {"p", std::string(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":)") +
                  actions + R"(,"Resource":"*"}})"});
    app.roles[role.arn] = role;
    policies.swap(guard::PolicySnapshot::make(std::vector{app}));
    return call_as(user, "CreateIntakeSource", {{"Name", "web"}, {"Kind", "alb"}}).error;
  };
  EXPECT_EQ(with(R"("s3:PutObject")"), "AccessDenied");
  EXPECT_EQ(with(R"("sextant:CreateIntakeSource")"), "AccessDenied");
  EXPECT_EQ(with(R"(["sextant:CreateIntakeSource","s3:PutObject"])"), "");
}

}  // namespace
}  // namespace sextant::services::intake
