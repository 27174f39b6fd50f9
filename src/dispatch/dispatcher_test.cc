#include "dispatch/dispatcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <latch>

#include "tests/support/dispatch_fixture.h"

namespace sextant::dispatch {
namespace {

using store::OutcomeKind;
using store::TriggerKind;

class DispatcherTest : public test::DispatchTest {
 protected:
  DispatcherTest() { start(); }
  void restart() {
    dispatcher.reset();
    start();
  }
  // Fails the first runs with that error.
  void fail_runs(int count, const Error& error) {
    script.on_run = [left = std::make_shared<std::atomic<int>>(count),
                     error](const auto&) -> Result<> {
      if (left->fetch_sub(1) > 0) return std::unexpected(error);
      return {};
    };
  }
  std::size_t records_of_class(const std::string& name) {
    const auto all = store.read(store::keys::audit_stream(scope), 1, 10'000, 1 << 26);
    return static_cast<std::size_t>(std::ranges::count_if(*all, [&](const auto& record) {
      return record.payload.contains("\"eventClass\":[\"" + name + "\"]");
    }));
  }
  FunctionStatus status() {
    const auto all = dispatcher->status();
    return all.empty() ? FunctionStatus{} : all.front();
  }
};

TEST_F(DispatcherTest, ADeliveryEndsOnceWithWhatItDid) {
  const auto ended = outcome_of(send("k", "a\nbad x\nb\n"));
  EXPECT_EQ(ended.outcome, OutcomeKind::Succeeded);
  EXPECT_EQ(ended.attempts, 1u);
  EXPECT_FALSE(ended.cause);
  EXPECT_EQ(ended.rows_landed, 2u);
  EXPECT_EQ(ended.rows_malformed, 1u);
  EXPECT_EQ(ended.revision.size(), 16u);
  EXPECT_EQ(ended.started, clock.now());
  EXPECT_EQ(ended.ended, clock.now());
  ASSERT_EQ(ended.stages.size(), 2u);
  EXPECT_EQ(ended.stages[0].rows_out, 3u);
  EXPECT_EQ(landed(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(waiting(), 0u);
  ASSERT_TRUE(dispatcher->drain(std::chrono::seconds(10)));
  EXPECT_EQ(status().succeeded, 1u);
  EXPECT_EQ(status().pending, 0u);
  EXPECT_EQ(status().rows_landed, 2u);
}

TEST_F(DispatcherTest, EachStageHasItsMetrics) {
  outcome_of(send("k", "a\nb\nbad\n"));
  ASSERT_TRUE(dispatcher->drain(std::chrono::seconds(20)));  // counted when it was told
  const auto text = metrics.prometheus();
  const auto value = [&](const std::string& name, const std::string& stage) {
    for (const auto line : split(text, '\n')) {
      if (line.starts_with(name + "{") && line.contains("stage=\"" + stage + "\""))
        return std::string(line.substr(line.rfind(' ') + 1));
    }
    return std::string("none");
  };
  EXPECT_EQ(value("sextant_stage_rows_out_total", "test.lines"), "3");
  EXPECT_EQ(value("sextant_stage_rows_in_total", "lake.land"), "3");
  EXPECT_NE(value("sextant_stage_cpu_microseconds_total", "test.lines"), "none");
  EXPECT_EQ(value("sextant_stage_failures_total", "test.lines"), "0");
}

TEST_F(DispatcherTest, AnEventThatWaitedTooLongDoesNotRun) {
  function().retry = {
      .retries_max = 2, .event_age_max_s = 3'600, .on_failure_arn = "arn:aws:s3:::failed"};
  deploy();
  dispatcher->drain(std::chrono::seconds(10));
  const auto late = send("late");
  clock.advance(std::chrono::seconds(3'601));
  restart();
  const auto ended = outcome_of(late);
  EXPECT_EQ(ended.outcome, OutcomeKind::SentToFailureDestination);
  EXPECT_EQ(ended.cause->code, "EventAgeExceeded");
  EXPECT_EQ(ended.attempts, 1u);
  EXPECT_TRUE(script.seen().empty()) << "it ran";
  ASSERT_EQ(failed_documents().size(), 1u);
  EXPECT_TRUE(failed_documents()[0].contains(R"("condition":"EventAgeExceeded")"));
}

TEST_F(DispatcherTest, TheOutcomeLetsGoOfTheBytes) {
  const auto sent = store_delivery("k", std::string(70'000, 'x') + "\n");
  ASSERT_TRUE(sent);
  const auto references = [&] {
    return store.scan(store::keys::body_references(sent->event.body[0].id), "", 10)->size();
  };
  EXPECT_EQ(references(), 2u);
  dispatcher->wake(*sent);
  outcome_of(*sent);
  EXPECT_EQ(references(), 1u);  // the object's own
}

TEST_F(DispatcherTest, TheSameEventTwiceIsOneDelivery) {
  const auto first = store_delivery("k", "a\n");
  ASSERT_TRUE(first);
  const auto again = store_delivery("k", "a\n");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::Conflict);
  dispatcher->wake(*first);
  outcome_of(*first);
  EXPECT_EQ(store_delivery("k", "a\n").error().code, Code::Conflict);  // also after its end
  EXPECT_EQ(landed().size(), 1u);
}

TEST_F(DispatcherTest, AFailedRunIsTriedAgainAfterABackOff) {
  function().retry.retries_max = 2;
  deploy();
  fail_runs(2, {Code::Denied, "no", "AccessDenied"});
  const auto sent = send("k");
  ASSERT_TRUE(wait_for_attempts(sent, 1));
  const auto waiting_now = now_of(sent);
  EXPECT_EQ(waiting_now.outcome, OutcomeKind::Pending);
  EXPECT_EQ(waiting_now.cause->code, "AccessDenied");
  EXPECT_EQ(waiting_now.cause->stage, "test.lines");
  EXPECT_GE(waiting_now.due, clock.now());
  EXPECT_LE(waiting_now.due, clock.now() + options.backoff_first);
  EXPECT_EQ(waiting(), 1u);
  const auto ended = outcome_of(sent);
  EXPECT_EQ(ended.outcome, OutcomeKind::Succeeded);
  EXPECT_EQ(ended.attempts, 3u);
  EXPECT_FALSE(ended.cause);
  EXPECT_EQ(landed().size(), 2u);
  ASSERT_TRUE(dispatcher->drain(std::chrono::seconds(10)));
  EXPECT_EQ(status().retried, 2u);
}

TEST_F(DispatcherTest, WhatTheLakeRefusesEndsTheDelivery) {
  function().retry = {
      .retries_max = 2, .event_age_max_s = 3'600, .on_failure_arn = "arn:aws:s3:::failed"};
  deploy();
  lander->on_land = [] { return Result<>(fail(Code::Invalid, "rows of too many hours")); };
  const auto ended = outcome_of(send("k"));
  EXPECT_EQ(ended.outcome, OutcomeKind::SentToFailureDestination);
  EXPECT_EQ(ended.attempts, 1u);
  EXPECT_EQ(ended.cause->message, "rows of too many hours");
  EXPECT_EQ(ended.cause->stage, "lake.land");
  EXPECT_EQ(ended.rows_landed, 0u);
  EXPECT_EQ(waiting(), 0u);
  EXPECT_TRUE(landed().empty());
  ASSERT_TRUE(dispatcher->drain(std::chrono::seconds(10)));
  EXPECT_EQ(status().failed, 1u);
}

TEST_F(DispatcherTest, AFullLakeIsTriedAgainAfterABackOff) {
  lander->on_land = [left = std::make_shared<std::atomic<int>>(2)] {
    return left->fetch_sub(1) > 0 ? Result<>(fail(Code::Exhausted, "the disk is full"))
                                  : Result<>();
  };
  const auto sent = send("k");
  ASSERT_TRUE(wait_for_attempts(sent, 1));
  EXPECT_EQ(now_of(sent).cause->stage, "lake.land");
  const auto ended = outcome_of(sent);
  EXPECT_EQ(ended.outcome, OutcomeKind::Succeeded);
  EXPECT_EQ(ended.attempts, 3u);
  EXPECT_EQ(ended.rows_landed, 2u);
  EXPECT_EQ(landed().size(), 2u);
}

struct Failing {
  const char* name;
  Error error;
  int retries_max;
  std::uint64_t attempts;  // 0: until the event is too old
};

class FailingRuns : public DispatcherTest, public testing::WithParamInterface<Failing> {};
INSTANTIATE_TEST_SUITE_P(All, FailingRuns,
                         testing::Values(Failing{"Invalid", {Code::Invalid, "no log"}, 2, 1},
                                         Failing{"Denied", {Code::Denied, "no"}, 2, 3},
                                         Failing{
                                             "DeniedWithoutRetries", {Code::Denied, "no"}, 0, 1},
                                         Failing{"Corrupt", {Code::Corrupt, "block 7"}, 1, 2},
                                         Failing{"NotFound", {Code::NotFound, "gone"}, 1, 2},
                                         Failing{"Unavailable", {Code::Unavailable, "down"}, 0, 0},
                                         Failing{"Exhausted", {Code::Exhausted, "full"}, 0, 0}),
                         [](const auto& failing) { return failing.param.name; });

TEST_P(FailingRuns, EndAfterTheirAttempts) {
  const auto& failing = GetParam();
  function().retry.retries_max = failing.retries_max;
  function().retry.event_age_max_s = 60;
  deploy();
  fail_runs(1'000'000, failing.error);
  const auto ended = outcome_of(send("k"));
  EXPECT_EQ(ended.outcome, OutcomeKind::Dropped);
  EXPECT_EQ(ended.cause->message, failing.error.message);
  if (failing.attempts > 0) {
    EXPECT_EQ(ended.attempts, failing.attempts);
  } else {
    EXPECT_GT(ended.attempts, 3u);
    EXPECT_GT(*ended.ended + options.backoff_max, ended.created + std::chrono::seconds(60));
  }
  EXPECT_TRUE(landed().empty());
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(DispatcherTest, ATimeoutIsAFailureOfTheFunction) {
  function().timeout_s = 3;
  function().retry.retries_max = 0;
  deploy();
  script.on_run = [&](const auto&) {
    clock.advance(std::chrono::seconds(4));
    return Result<>();
  };
  const auto ended = outcome_of(send("k", std::string(600'000, '\n')));
  EXPECT_EQ(ended.outcome, OutcomeKind::Dropped);
  EXPECT_EQ(ended.cause->code, "Sandbox.Timedout");
  EXPECT_EQ(records_of_class("FunctionTimeout"), 1u);
}

TEST_F(DispatcherTest, WhatCannotBeProcessedGoesToTheFailureDestination) {
  function().retry = {
      .retries_max = 1, .event_age_max_s = 3'600, .on_failure_arn = "arn:aws:s3:::failed"};
  function().handler = "test.lines|enrichers.down|lake.land";
  function().retry.event_age_max_s = 60;
  deploy();
  const auto ended = outcome_of(send("a key"));
  EXPECT_EQ(ended.outcome, OutcomeKind::SentToFailureDestination);
  const auto documents = failed_documents();
  ASSERT_EQ(documents.size(), 1u);
  const auto document = boost::json::parse(documents[0]);
  EXPECT_EQ(document.at("requestContext").at("requestId").as_string(), ended.id.text());
  EXPECT_EQ(document.at("requestContext").at("condition"), "EventAgeExceeded");
  EXPECT_EQ(document.at("requestContext").at("approximateInvokeCount").to_number<std::uint64_t>(),
            ended.attempts);
  EXPECT_EQ(document.at("responsePayload").at("errorType"), "Enricher.Down");
  EXPECT_EQ(document.at("responsePayload").at("stage"), "enrichers.down");
  const auto& record = document.at("requestPayload").at("Records").at(0);
  EXPECT_EQ(record.at("s3").at("object").at("key"), "a%20key");
  EXPECT_EQ(record.at("eventName"), "ObjectCreated:Put");
}

TEST_F(DispatcherTest, WithoutItsDestinationItIsDroppedAndSaysSo) {
  function().retry = {
      .retries_max = 0, .event_age_max_s = 60, .on_failure_arn = "arn:aws:s3:::nowhere"};
  deploy();
  fail_runs(1, {Code::Denied, "no"});
  const auto ended = outcome_of(send("k"));
  EXPECT_EQ(ended.outcome, OutcomeKind::Dropped);
  EXPECT_TRUE(ended.cause->message.contains("there is no bucket nowhere")) << ended.cause->message;
}

// Each of what an attempt needs is asked of the gate; without it nothing runs or nothing lands.
TEST_F(DispatcherTest, TheGateDecidesOnEachOfItsCalls) {
  function().retry.retries_max = 0;
  const auto cause_without = [&](const std::string& key, auto change) {
    app = test::make_dispatch_app();
    function().retry.retries_max = 0;
    change(app);
    deploy();
    const auto ended = outcome_of(send(key));
    EXPECT_EQ(ended.outcome, OutcomeKind::Dropped) << key;
    EXPECT_EQ(ended.cause->code, "AccessDenied") << key;
    EXPECT_TRUE(landed().empty());
    return ended.cause->message;
  };
  const auto role_may = [](const char* actions) {
    return [actions](model::App& changed) {
      auto& role = changed.roles.begin()->second;
      role.inline_policies[0].document =
          std::string(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*",)") +
          R"("Action":[)" + actions + "]}]}";
    };
  };
  const auto no_permission =
      cause_without("a", [](model::App& changed) { changed.permissions.clear(); });
  EXPECT_TRUE(no_permission.contains("lambda:InvokeFunction")) << no_permission;
  EXPECT_EQ(records_of_class("InvokeRefused"), 1u);
  const auto other_bucket = cause_without(
      "b", [](model::App& changed) { changed.permissions[0].source_arn = "arn:aws:s3:::other"; });
  EXPECT_TRUE(other_bucket.contains("lambda:InvokeFunction")) << other_bucket;
  EXPECT_TRUE(script.seen().empty()) << "a function ran that may not be invoked";
  const auto no_read = cause_without("c", role_may(R"("glue:*")"));
  EXPECT_TRUE(no_read.contains("s3:GetObject")) << no_read;
  EXPECT_TRUE(script.seen().empty()) << "a function ran on what it may not read";
  const auto no_land = cause_without("d", role_may(R"("s3:*")"));
  EXPECT_TRUE(no_land.contains("glue:BatchCreatePartition")) << no_land;
}

// What a deploy found may have changed since: a role's trust counts at each attempt.
TEST_F(DispatcherTest, ARoleThatTrustsTheFunctionNoMoreIsNotUsed) {
  auto& role = app.roles.begin()->second;
  const auto trusting = [](const std::string& service, const std::string& source) {
    return R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":")" +
           service + R"("},"Condition":{"ArnEquals":{"aws:SourceArn":")" + source +
           R"("},"StringEquals":{"aws:SourceAccount":"000000000000"}}}})";
  };
  function().retry = {
      .retries_max = 0, .event_age_max_s = 3'600, .on_failure_arn = "arn:aws:s3:::failed"};
  role.trust_policy = trusting("lambda.amazonaws.com", test::kFunctionArn);
  deploy();
  EXPECT_EQ(outcome_of(send("trusted")).outcome, OutcomeKind::Succeeded);
  const auto runs = script.seen().size();
  const auto landed_before = landed().size();
  const std::string documents[] = {
      trusting("states.amazonaws.com", test::kFunctionArn),
      trusting("lambda.amazonaws.com", std::string(test::kFunctionArn) + "x"), "{}"};
  for (const auto& document : documents) {
    role.trust_policy = document;
    deploy();
    const auto before = *store.next_sequence(store::keys::audit_stream(scope));
    const auto ended = outcome_of(send(document.substr(document.size() / 2)));
    EXPECT_EQ(ended.outcome, OutcomeKind::Dropped) << document;  // it may not write there either
    EXPECT_EQ(ended.cause->code, "AccessDenied");
    EXPECT_TRUE(ended.cause->message.contains("sts:AssumeRole")) << ended.cause->message;
    const auto records = *store.read(store::keys::audit_stream(scope), before, 1, 1 << 20);
    const auto record = boost::json::parse(records.at(0).payload);
    const auto& decisions = record.at("additionalEventData").at("decisions").as_array();
    ASSERT_GE(decisions.size(), 2u);
    EXPECT_EQ(decisions[1].at("action"), "sts:AssumeRole");
    EXPECT_EQ(decisions[1].at("principal"), "lambda.amazonaws.com");
    EXPECT_EQ(record.at("errorCode"), "AccessDenied");
  }
  EXPECT_EQ(script.seen().size(), runs) << "a function ran in a role that does not trust it";
  EXPECT_EQ(landed().size(), landed_before);
  EXPECT_TRUE(failed_documents().empty());
}

// A function acts as AWS's role sessions do: with its role's tags, under its role's unique id.
TEST_F(DispatcherTest, PoliciesSeeTheTagsAndTheIdOfTheFunctionsRole) {
  auto& role = app.roles.begin()->second;
  role.inline_policies[0].document =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*",
          "Action":["s3:GetObject","glue:BatchCreatePartition"],
          "Condition":{"StringEquals":{"aws:PrincipalTag/team":"blue"},
                       "StringLike":{"aws:userid":"AROA*:*"}}}]})";
  function().retry.retries_max = 0;
  role.tags = {{"team", "red"}};
  deploy();
  EXPECT_EQ(outcome_of(send("a")).outcome, OutcomeKind::Dropped);
  role.tags = {{"team", "blue"}};
  deploy();
  EXPECT_EQ(outcome_of(send("b")).outcome, OutcomeKind::Succeeded);
}

// The kinds of triggers, each after the one before it. One that is not here does not compile: say
// below who may invoke functions by it.
std::optional<TriggerKind> kind_after(TriggerKind kind) {
  switch (kind) {
    case TriggerKind::Bucket: return TriggerKind::Schedule;
    case TriggerKind::Schedule: return TriggerKind::Stream;
    case TriggerKind::Stream: return TriggerKind::Invoke;
    case TriggerKind::Invoke: return TriggerKind::Queue;
    case TriggerKind::Queue: return TriggerKind::Table;
    case TriggerKind::Table: return std::nullopt;
  }
  return std::nullopt;
}

TEST_F(DispatcherTest, EveryKindOfTriggerNeedsAPermission) {
  const auto outcome = [&](TriggerKind kind, const char* who, const auto& change) {
    trigger = kind;
    app = test::make_dispatch_app();
    function().retry.retries_max = 0;
    change(app);
    deploy();
    return outcome_of(send(std::to_string(static_cast<int>(kind)) + who));
  };
  const auto nobody = [](model::App& changed) { changed.permissions.clear(); };
  const auto anybody = [](model::App& changed) { changed.permissions[0].principal = "*"; };
  std::size_t runs = 0;
  for (std::optional kind = TriggerKind::Bucket; kind; kind = kind_after(*kind)) {
    SCOPED_TRACE("kind " + std::to_string(static_cast<int>(*kind)));
    const auto refused = outcome(*kind, "nobody", nobody);
    EXPECT_EQ(refused.outcome, OutcomeKind::Dropped);
    EXPECT_EQ(refused.cause->code, "AccessDenied");
    EXPECT_EQ(script.seen().size(), runs) << "a function ran that may not be invoked";
    // A kind that makes no deliveries here is refused whatever the permissions say.
    const bool known = *kind == TriggerKind::Bucket;
    const auto allowed = outcome(*kind, "anybody", anybody);
    EXPECT_EQ(allowed.outcome, known ? OutcomeKind::Succeeded : OutcomeKind::Dropped);
    EXPECT_EQ(script.seen().size(), runs += known ? 1 : 0);
  }
}

TEST_F(DispatcherTest, EveryAttemptIsOnTheAuditLog) {
  const auto before = *store.next_sequence(store::keys::audit_stream(scope));
  fail_runs(1, {Code::Denied, "no", "AccessDenied"});
  outcome_of(send("k"));
  const auto records = *store.read(store::keys::audit_stream(scope), before, 100, 1 << 20);
  ASSERT_EQ(records.size(), 2u);
  const auto first = boost::json::parse(records[0].payload).as_object();
  EXPECT_EQ(first.at("eventName"), "Invoke");
  EXPECT_EQ(first.at("errorCode"), "AccessDenied");
  EXPECT_FALSE(boost::json::parse(records[1].payload).as_object().contains("errorCode"));
}

TEST_F(DispatcherTest, RowsForATableThatIsNotDeclaredDoNotLand) {
  app.tables.erase("malformed");
  function().retry.retries_max = 0;
  deploy();
  const auto ended = outcome_of(send("k", "a\nbad\n"));
  EXPECT_EQ(ended.outcome, OutcomeKind::Dropped);
  EXPECT_EQ(ended.cause->code, "EntityNotFoundException");
  EXPECT_TRUE(ended.cause->message.contains("'malformed'"));
  EXPECT_TRUE(landed().empty());
}

TEST_F(DispatcherTest, AFunctionThatIsGoneEndsItsDeliveries) {
  app.functions.clear();
  deploy();
  const auto ended = outcome_of(send("k"));
  EXPECT_EQ(ended.outcome, OutcomeKind::Dropped);
  EXPECT_EQ(ended.attempts, 1u);
  EXPECT_EQ(ended.cause->code, "ResourceNotFoundException");
}

TEST_F(DispatcherTest, AMissingDataFileIsTriedAgainAndThenSentOn) {
  function().retry = {
      .retries_max = 1, .event_age_max_s = 3'600, .on_failure_arn = "arn:aws:s3:::failed"};
  deploy();
  script.data.with([](auto& data) { data = std::nullopt; });
  const auto ended = outcome_of(send("k"));
  EXPECT_EQ(ended.outcome, OutcomeKind::SentToFailureDestination);
  EXPECT_EQ(ended.attempts, 2u);
  EXPECT_TRUE(ended.cause->message.contains("test.mmdb")) << ended.cause->message;
  EXPECT_EQ(ended.cause->stage, "test.lines");
  ASSERT_TRUE(dispatcher->drain(std::chrono::seconds(20)));  // counted when it was told
  const auto metrics_text = metrics.prometheus();
  EXPECT_TRUE(metrics_text.contains("sextant_stage_failures_total{") &&
              metrics_text.contains("stage=\"test.lines\"} 2\n"))
      << metrics_text;
  EXPECT_EQ(failed_documents().size(), 1u);
}

// ---- revisions ----

TEST_F(DispatcherTest, ADeliveryKeepsTheRevisionOfItsFirstAttempt) {
  fail_runs(1, {Code::Unavailable, "down"});
  const auto first = send("first");
  ASSERT_TRUE(wait_for_attempts(first, 1));
  function().environment["VERSION"] = "2";
  deploy();
  const auto second = outcome_of(send("second"));
  const auto ended = outcome_of(first);
  EXPECT_EQ(ended.outcome, OutcomeKind::Succeeded);
  EXPECT_NE(ended.revision, second.revision);
  std::vector<std::string> versions;
  for (const auto& run : script.seen())
    versions.push_back(run.path + " " + run.variables.at("VERSION"));
  std::ranges::sort(versions);
  EXPECT_EQ(versions, (std::vector<std::string>{"s3://logs/first 1", "s3://logs/first 1",
                                                "s3://logs/second 2"}));
}

TEST_F(DispatcherTest, AlsoAfterARestart) {
  fail_runs(1, {Code::Unavailable, "down"});
  const auto sent = send("k");
  ASSERT_TRUE(wait_for_attempts(sent, 1));
  const auto revision = now_of(sent).revision;
  function().environment["VERSION"] = "2";
  deploy();
  restart();
  clock.advance(options.backoff_max);
  const auto ended = outcome_of(sent);
  EXPECT_EQ(ended.outcome, OutcomeKind::Succeeded);
  EXPECT_EQ(ended.revision, revision);
  for (const auto& run : script.seen()) EXPECT_EQ(run.variables.at("VERSION"), "1");
}

TEST_F(DispatcherTest, AChangedDataFileIsANewRevision) {
  const auto first = outcome_of(send("first"));
  script.data.with([](auto& data) { data = "new"; });
  const auto second = outcome_of(send("second"));
  EXPECT_NE(first.revision, second.revision);
  EXPECT_EQ(script.seen().back().data, "new");
}

TEST_F(DispatcherTest, ADataFileThatCannotBeUsedLeavesTheOneBefore) {
  const auto first = outcome_of(send("first"));
  script.data.with([](auto& data) { data = std::nullopt; });
  const auto second = outcome_of(send("second"));
  EXPECT_EQ(second.outcome, OutcomeKind::Succeeded);
  EXPECT_EQ(second.revision, first.revision);
  script.data.with([](auto& data) { data = "new"; });
  clock.advance(std::chrono::minutes(1));
  EXPECT_NE(outcome_of(send("third")).revision, first.revision);
}

// ---- restarts, back-pressure, concurrency ----

TEST_F(DispatcherTest, WhatWaitedWhenTheNodeEndedRunsAtTheNextStart) {
  const auto sent = store_delivery("k", "a\n");  // durable; the node dies before it is told
  ASSERT_TRUE(sent);
  restart();
  EXPECT_EQ(outcome_of(*sent).outcome, OutcomeKind::Succeeded);
  EXPECT_EQ(landed().size(), 1u);
  restart();
  EXPECT_EQ(outcome_of(send("k2", "b\n")).outcome, OutcomeKind::Succeeded);
  EXPECT_EQ(landed(), (std::vector<std::string>{"a", "b"}));
}

TEST_F(DispatcherTest, AfterADrainNothingBegins) {
  ASSERT_TRUE(dispatcher->drain(std::chrono::seconds(10)));
  const auto sent = send("k");
  dispatcher.reset();  // waits for what has begun
  EXPECT_TRUE(script.seen().empty());
  restart();
  EXPECT_EQ(outcome_of(sent).outcome, OutcomeKind::Succeeded);
  EXPECT_EQ(script.seen().size(), 1u);
}

TEST_F(DispatcherTest, BeyondItsBoundSourcesAreTurnedAway) {
  function().reserved_concurrency = 0;
  deploy();
  options.pending_max = 2;
  restart();
  send("a");
  send("b");
  const auto third = store_delivery("c", "x\n");
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, Code::Exhausted);
  EXPECT_EQ(third.error().name, "SlowDown");
  EXPECT_EQ(status().pending, 2u);
  EXPECT_EQ(status().in_flight, 0u);
  function().reserved_concurrency = std::nullopt;
  deploy();
  restart();
  ASSERT_TRUE(wait_until([&] { return waiting() == 0; }));
  ASSERT_TRUE(dispatcher->drain(std::chrono::seconds(10)));
  restart();
  EXPECT_TRUE(store_delivery("c", "x\n"));
}

TEST_F(DispatcherTest, MetricsTellWhatWaitsAndForHowLong) {
  function().reserved_concurrency = 0;
  deploy();
  send("a");
  clock.advance(std::chrono::milliseconds(2'500));
  send("b");
  const auto has = [&](const std::string& line) {
    return metrics.prometheus().contains("\n" + line + "\n");
  };
  EXPECT_TRUE(has("sextant_deliveries_waiting{function=\"collector\"} 2"));
  EXPECT_TRUE(has("sextant_delivery_lag_seconds{function=\"collector\"} 2.5"));
  EXPECT_TRUE(has("sextant_deliveries_pending 2"));
  function().reserved_concurrency = std::nullopt;
  deploy();
  ASSERT_TRUE(wait_until([&] { return waiting() == 0; }));
  ASSERT_TRUE(dispatcher->drain(std::chrono::seconds(10)));
  EXPECT_TRUE(has("sextant_deliveries_waiting{function=\"collector\"} 0"));
  EXPECT_TRUE(has("sextant_delivery_lag_seconds{function=\"collector\"} 0"));
}

// Several times, as are the next: a worker that is late to look finds it without being woken.
TEST_F(DispatcherTest, ADeployThatRaisesTheConcurrencyWakesWhatWaits) {
  for (int round = 0; round < 10 && !HasFailure(); ++round) {
    function().reserved_concurrency = 0;
    deploy();
    const auto sent = send("k" + std::to_string(round));
    for (int i = 0; i < 1'000; ++i) std::this_thread::yield();
    EXPECT_EQ(now_of(sent).attempts, 0u);
    function().reserved_concurrency = std::nullopt;
    deploy();
    EXPECT_EQ(outcome_of(sent).outcome, OutcomeKind::Succeeded);
  }
}

TEST_F(DispatcherTest, RetriesRunThoughTheClockWasSetBack) {
  for (int round = 0; round < 10 && !HasFailure(); ++round) {
    fail_runs(1, {Code::Unavailable, "down"});
    const auto sent = send("k" + std::to_string(round));
    ASSERT_TRUE(wait_for_attempts(sent, 1));
    for (int i = 0; i < 1'000; ++i) std::this_thread::yield();
    EXPECT_EQ(outcome_of(sent).attempts, 2u);
    clock.set(clock.now() - std::chrono::hours(1));
  }
}

TEST_F(DispatcherTest, AFunctionsConcurrencyIsHeld) {
  function().reserved_concurrency = 1;
  deploy();
  options.worker_threads = 4;
  restart();
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  script.on_run = [&](const auto&) {
    const int now = ++running;
    if (now > most) most = now;
    std::this_thread::yield();
    --running;
    return Result<>();
  };
  for (int i = 0; i < 50; ++i) send("k" + std::to_string(i), "x\n");
  ASSERT_TRUE(wait_until([&] { return waiting() == 0; }));
  EXPECT_EQ(most, 1);
  EXPECT_EQ(landed().size(), 50u);
}

TEST_F(DispatcherTest, WhoeverWaitedForTheFunctionsConcurrencyIsOnRecord) {
  function().reserved_concurrency = 0;
  deploy();
  options.worker_threads = 1;
  restart();
  send("a");
  ASSERT_TRUE(wait_until([&] { return status().pending == 1; }));
  function().reserved_concurrency = std::nullopt;
  deploy();
  outcome_of(send("b"));
  ASSERT_TRUE(wait_until([&] { return waiting() == 0; }));
  EXPECT_GE(records_of_class("ConcurrencyLimit"), 1u);
  const auto before = records_of_class("ConcurrencyLimit");
  clock.advance(std::chrono::seconds(1));
  outcome_of(send("c"));
  EXPECT_EQ(records_of_class("ConcurrencyLimit"), before) << "it is over";
}

class Backlog : public DispatcherTest {
 protected:
  static constexpr std::size_t kCount = 300;
  Backlog() {
    options.window_items_max = 100;
    options.in_flight_max = 16;
    options.pending_max = kCount + 10;
    function().reserved_concurrency = 0;
    deploy();
    restart();
    for (std::size_t i = 0; i < kCount; ++i) {
      auto stored = store_delivery("k" + std::to_string(i), std::to_string(i) + "\n");
      EXPECT_TRUE(stored);
      sent.push_back(stored.value_or(store::Delivery{}));
    }
  }
  void let_run() {
    function().reserved_concurrency = std::nullopt;
    deploy();
  }
  void expect_all_ran_once() {
    ASSERT_TRUE(dispatcher->drain(std::chrono::seconds(10)));
    auto rows = landed();
    std::ranges::sort(rows);
    EXPECT_EQ(rows.size(), kCount);
    EXPECT_EQ(std::ranges::adjacent_find(rows), rows.end());
    EXPECT_EQ(status().pending, 0u);
    EXPECT_EQ(status().succeeded, kCount);
  }
  std::vector<store::Delivery> sent;
};

TEST_F(Backlog, LargerThanTheWindowRunsWholeAndOnce) {
  let_run();
  restart();
  ASSERT_TRUE(wait_until([&] { return waiting() == 0; }));
  expect_all_ran_once();
}

// A refill may find and end a delivery before its wake() comes.
TEST_F(Backlog, AWakeThatComesLateCountsNothingTwice) {
  constexpr std::size_t kLate = 20;
  const auto wake = [&](std::size_t from, std::size_t to) {
    for (; from < to; ++from) dispatcher->wake(sent[from]);
  };
  wake(0, kCount - kLate);
  EXPECT_EQ(status().pending, kCount - kLate);
  let_run();
  dispatcher->wake(sent[kCount - kLate]);
  ASSERT_TRUE(wait_until([&] { return waiting() == 0; }));
  wake(kCount - kLate + 1, kCount);
  expect_all_ran_once();
}

}  // namespace
}  // namespace sextant::dispatch
