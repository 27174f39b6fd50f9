#pragma once
// For tests of dispatch: one function behind a gate, on memory adapters and a clock of the test's,
// with a lander and a failure destination that write where a test can read.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/memory/blob_store.h"
#include "adapters/memory/store.h"
#include "dispatch/dispatcher.h"
#include "guard/snapshot_policy_source.h"
#include "model/codec.h"
#include "runtime/native/land.h"
#include "sdk/batch_text.h"
#include "store/keys.h"
#include "tests/support/native_functions.h"

namespace sextant::test {

inline constexpr Time kDispatchTime{std::chrono::seconds(1'783'030'980)};
inline constexpr auto kFunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:collector";

// Rows become records of stream "landed/<table>", in the outcome's own batch.
class StreamLander final : public lake::Lander {
 public:
  explicit StreamLander(ports::CommitLog& log) : log_(log) {}

  class StreamLanding final : public lake::Landing {
   public:
    Result<> add(const TableName& table, const BatchPtr& batch) override {
      for (std::int64_t row = 0; row < batch->num_rows(); ++row)
        rows_.push_back({"landed/" + table.text(), *sdk::cell_text(batch, "message", row)});
      return {};
    }
    std::uint64_t buffered_bytes() const override { return rows_.size(); }
    std::vector<ports::Append> rows_;
  };

  std::function<Result<>()> on_land;  // may refuse

  std::unique_ptr<lake::Landing> open() override { return std::make_unique<StreamLanding>(); }
  void land(std::unique_ptr<lake::Landing> landing, ports::Batch outcome,
            ports::CommitLog::OnDurable on_durable) override {
    if (on_land) {
      if (auto taken = on_land(); !taken)
        return on_durable(std::unexpected(std::move(taken).error()));
    }
    for (auto& row : static_cast<StreamLanding&>(*landing).rows_)
      outcome.appends.push_back(std::move(row));
    log_.submit(std::move(outcome), std::move(on_durable));
  }

 private:
  ports::CommitLog& log_;
};

// Documents become keys "failed/<bucket>/…"; there is only bucket "failed".
class KeyFailures final : public dispatch::FailureDestination {
 public:
  Result<> add(ports::Batch& batch, const std::string& bucket, const std::string& key,
               const std::string& document) override {
    if (bucket != "failed") return fail(Code::NotFound, "there is no bucket " + bucket);
    batch.conditions.push_back({"failed/" + key, std::nullopt});
    batch.puts.push_back({"failed/" + key, document});
    return {};
  }
};

inline model::App make_dispatch_app() {
  model::App app;
  app.name = "ti";
  model::Role role;
  role.name = "collector";
  role.arn = "arn:aws:iam::000000000000:role/collector";
  role.trust_policy =
      R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole",
          "Principal":{"Service":"lambda.amazonaws.com"}}})";
  role.inline_policies = {
      {.name = "work",
       .document = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*",
         "Action":["s3:GetObject","s3:PutObject","glue:BatchCreatePartition"]}]})"}};
  app.roles[role.arn] = role;
  model::Function function;
  function.name = FunctionName("collector");
  function.arn = kFunctionArn;
  function.handler = "test.lines|lake.land";
  function.role_arn = role.arn;
  function.environment = {{"VERSION", "1"}};
  app.functions["collector"] = function;
  app.permissions = {{.statement_id = "s1",
                      .function = function.name,
                      .action = "lambda:InvokeFunction",
                      .principal = "s3.amazonaws.com",
                      .source_arn = "arn:aws:s3:::logs",
                      .source_account = "000000000000"}};
  for (const char* name : {"alb", "malformed"}) {
    model::Table table;
    table.database = "sextant";
    table.name = TableName(name);
    table.arn = std::string("arn:aws:glue:us-east-1:000000000000:table/sextant/") + name;
    app.tables[name] = table;
  }
  return app;
}

template <typename TestClock>
class DispatchTestWith : public testing::Test {
 protected:
  DispatchTestWith() {
    configuration = std::move(*store::ConfigurationStore::open(store, scope));
    policy_changes = configuration->listen(
        [this](const auto& now) { policies.swap(guard::PolicySnapshot::make(*now)); });
    deploy();
    options.worker_threads = 2;
    options.backoff_first = std::chrono::seconds(1);
    options.backoff_max = std::chrono::seconds(4);
  }

  void deploy() {
    ports::Batch batch;
    batch.puts.push_back({store::keys::app(scope, app.name), model::encode(app)});
    ASSERT_TRUE(ports::commit(store, std::move(batch)));
    ASSERT_TRUE(configuration->refresh());
  }
  model::Function& function() { return app.functions["collector"]; }

  virtual ports::CommitLog& log() { return store; }

  dispatch::DispatcherParts parts() {
    if (!lander) lander.emplace(log());
    return {.scope = scope,
            .clock = clock,
            .log = log(),
            .state = store,
            .bodies = bodies,
            .configuration = *configuration,
            .catalogue = catalogue,
            .gate = gate,
            .audit = audit,
            .lander = *lander,
            .failures = failures,
            .metrics = metrics};
  }

  void start() {
    auto started = dispatch::Dispatcher::start(parts(), options);
    ASSERT_TRUE(started) << started.error().message;
    dispatcher = std::move(*started);
  }

  store::Delivery make_delivery(const std::string& key) {
    store::Delivery delivery;
    delivery.function = sends_to;
    delivery.event = {.trigger = trigger,
                      .name = "ObjectCreated:Put",
                      .source_arn = "arn:aws:s3:::logs",
                      .notification_id = "n1",
                      .bucket = "logs",
                      .key = key,
                      .etag = "e",
                      .sequencer = "1",
                      .principal_id = "AIDA",
                      .source_ip = "192.0.2.1",
                      .request_id = "r",
                      .size = 0,
                      .body = {},
                      .time = clock.now()};
    delivery.id = store::delivery_id(delivery.function, delivery.event);
    delivery.trace = make_trace();
    delivery.created = delivery.due = clock.now();
    return delivery;
  }

  // Makes it durable, as the batch of a PUT does; nobody is woken.
  Result<store::Delivery> store_delivery(const std::string& key, const std::string& text) {
    auto delivery = make_delivery(key);
    auto writer = bodies.write();
    SX_TRY(writer.append(text));
    SX_TRY_AS(const auto staged, writer.finish());
    delivery.event.body = {staged.ref};
    delivery.event.size = text.size();
    ports::Batch batch;
    SX_TRY(dispatcher->add(batch, delivery));
    store::BodyStore::add(batch, staged, "o/logs/" + key);
    SX_TRY(ports::commit(store, std::move(batch)));
    return delivery;
  }

  store::Delivery send(const std::string& key, const std::string& text = "a\nb\n") {
    auto stored = store_delivery(key, text);
    EXPECT_TRUE(stored) << stored.error().message;
    if (!stored) return {};
    dispatcher->wake(*stored);
    return *stored;
  }

  store::Delivery now_of(const store::Delivery& delivery) {
    const auto entry = store.get(store::keys::delivery(scope, delivery.id));
    EXPECT_TRUE(entry && *entry);
    if (!entry || !*entry) return {};
    auto read = store::decode_delivery((*entry)->value);
    EXPECT_TRUE(read);
    return read.value_or(store::Delivery{});
  }

  // Waits for commits until it holds. Each attempt commits an audit record.
  template <typename Holds>
  [[nodiscard]] bool wait_until(Holds&& holds) {
    const auto stream = store::keys::audit_stream(scope);
    for (;;) {
      const auto next = *store.next_sequence(stream);
      if (holds()) return true;
      auto came = std::make_shared<std::promise<void>>();
      auto future = came->get_future();
      store.wait(stream, next, [came] { came->set_value(); });
      if (future.wait_for(std::chrono::seconds(20)) != std::future_status::ready) return holds();
    }
  }
  [[nodiscard]] bool wait_for_attempts(const store::Delivery& delivery, std::uint64_t attempts) {
    return wait_until([&] { return now_of(delivery).attempts >= attempts; });
  }
  // Until no attempt runs, so that a clock moved now times none out; not for long, as an attempt
  // may wait for the clock.
  void wait_for_attempts_in_flight() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    const auto runs = [&] {
      return std::ranges::any_of(dispatcher->status(),
                                 [](const auto& one) { return one.in_flight > 0; });
    };
    while (runs() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  }
  // Until it ends, moving the clock over every back-off.
  store::Delivery outcome_of(const store::Delivery& delivery) {
    for (std::uint64_t attempts = 1; attempts < 100; ++attempts) {
      EXPECT_TRUE(wait_for_attempts(delivery, attempts));
      const auto now = now_of(delivery);
      if (now.outcome != store::OutcomeKind::Pending) return now;
      wait_for_attempts_in_flight();
      if (now_of(delivery).attempts == attempts) clock.advance(options.backoff_max);
    }
    ADD_FAILURE() << "the delivery does not end";
    return {};
  }

  std::vector<std::string> landed(const std::string& table = "alb") {
    std::vector<std::string> rows;
    const auto records = store.read("landed/" + table, 1, 1'000'000, 1 << 30);
    EXPECT_TRUE(records);
    for (const auto& record : *records) rows.push_back(record.payload);
    return rows;
  }
  std::size_t waiting() { return store.scan(store::keys::due_all(scope), "", 100'000)->size(); }
  std::vector<std::string> failed_documents() {
    std::vector<std::string> documents;
    const auto entries = store.scan("failed/", "", 100);
    for (const auto& entry : *entries) documents.push_back(entry.value);
    return documents;
  }

  Scope scope{AccountId("000000000000"), Region("us-east-1")};
  TestClock clock{kDispatchTime};
  FunctionName sends_to{"collector"};                       // of the deliveries that it makes
  store::TriggerKind trigger = store::TriggerKind::Bucket;  // of the deliveries that it makes
  Script script;
  sdk::Function lines = lines_function(script);
  sdk::Function down = pass_function("enrichers.down", true);
  sdk::Catalogue catalogue{{&lines, &down, &runtime::native::kLakeLand}};
  adapters::MemoryStore store{clock};
  adapters::MemoryBlobStore blobs;
  store::BodyStore bodies{store, store, blobs};
  model::App app = make_dispatch_app();
  std::unique_ptr<store::ConfigurationStore> configuration;
  guard::SnapshotPolicySource policies{guard::PolicySnapshot::make(std::vector<model::App>{})};
  store::ConfigurationStore::Listening policy_changes;
  guard::AuditLog audit{scope, clock, store};
  guard::Gate gate{scope, clock, policies, audit};
  std::optional<StreamLander> lander;
  KeyFailures failures;
  metrics::Registry metrics;
  dispatch::DispatcherOptions options;
  std::unique_ptr<dispatch::Dispatcher> dispatcher;
};

using DispatchTest = DispatchTestWith<ManualClock>;

}  // namespace sextant::test
