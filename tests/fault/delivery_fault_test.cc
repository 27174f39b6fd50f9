// links: services patterns dispatch runtime lake guard adapters store model sdk ports core
// The whole way of an object, from its PUT over the delivery to the lake's rows, while the ports
// below fail, are late, and do not say whether they did what they were asked: what was acknowledged
// is there, each object version's lines are in the lake once, and each delivery has one outcome.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <future>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "adapters/embedded/lake_files.h"
#include "adapters/embedded/posix_disk.h"
#include "adapters/faulty/blob_store.h"
#include "adapters/faulty/lake_files.h"
#include "adapters/faulty/store.h"
#include "core/json.h"
#include "guard/audit/verify.h"
#include "lake/file_lander.h"
#include "lake/sweep.h"
#include "patterns/event/bucket_events.h"
#include "services/s3/s3_service.h"
#include "tests/support/dispatch_fixture.h"
#include "tests/support/seed.h"
#include "tests/support/temporary_folder.h"

namespace sextant {
namespace {

// Twenty times as fast as the system's: back-offs of seconds pass in a moment.
class QuickClock final : public Clock {
 public:
  Time now() const override { return test::kDispatchTime + (system_.now() - begin_) * kTimes; }
  bool wait_until(Time when, std::stop_token stop) override {
    return system_.wait_until(begin_ + (when - test::kDispatchTime) / kTimes, std::move(stop));
  }

 private:
  static constexpr int kTimes = 20;
  mutable SystemClock system_;
  const Time begin_ = system_.now();
};

model::App make_app() {
  auto app = test::make_dispatch_app();
  auto& function = app.functions.at("collector");
  function.timeout_s = 900;
  model::Bucket bucket;
  bucket.name = BucketName("logs");
  bucket.arn = "arn:aws:s3:::logs";
  bucket.notifications = {{.id = "n1",
                           .events = {"s3:ObjectCreated:*"},
                           .prefix = "",
                           .suffix = ".log",
                           .function_arn = function.arn}};
  app.buckets["logs"] = bucket;
  return app;
}

// One version of an object as a client put it.
struct Version {
  std::string name;  // begins each of its lines
  std::size_t lines = 0;
  bool acknowledged = false;
};

// What one client did; its keys are its own, so it knows what they must hold.
struct History {
  std::vector<Version> versions;
  std::map<std::string, std::string> objects;  // acknowledged: key and content
};

class DeliveryFaultTest : public testing::TestWithParam<std::uint64_t> {
 protected:
  DeliveryFaultTest() {
    ports::Batch batch;
    const auto app = make_app();
    batch.puts.push_back({store::keys::app(scope, app.name), model::encode(app)});
    EXPECT_TRUE(ports::commit(store, std::move(batch)));
    configuration = std::move(*store::ConfigurationStore::open(store, scope));
    policies.swap(guard::PolicySnapshot::make(*configuration->current()));
    manifest = std::move(*lake::Manifest::open(scope, flaky_state, store));
    start();
    events.emplace(*configuration, *dispatcher);
    operations = std::move(*services::s3::operations({.scope = scope,
                                                      .clock = clock,
                                                      .log = flaky_log,
                                                      .state = flaky_state,
                                                      .bodies = bodies,
                                                      .events = *events}));
    EXPECT_TRUE(call("CreateBucket", {{"Bucket", "logs"}}));
  }
  ~DeliveryFaultTest() override {
    dispatcher.reset();
    lander.reset();
  }

  void start() {
    lander = lake::make_file_lander({.clock = clock,
                                     .log = flaky_log,
                                     .files = flaky_files,
                                     .manifest = *manifest,
                                     .metrics = metrics},
                                    {.linger = std::chrono::milliseconds(1)});
    auto started =
        dispatch::Dispatcher::start({.scope = scope,
                                     .clock = clock,
                                     .log = flaky_log,
                                     .state = flaky_state,
                                     .bodies = bodies,
                                     .configuration = *configuration,
                                     .catalogue = catalogue,
                                     .gate = gate,
                                     .audit = audit,
                                     .lander = *lander,
                                     .failures = failures,
                                     .metrics = metrics},
                                    {.backoff_max = std::chrono::seconds(4), .data_folder = {}});
    ASSERT_TRUE(started) << started.error().message;
    dispatcher = std::move(*started);
  }

  Result<sdk::Output> call(std::string_view operation, boost::json::object parameters,
                           std::string body = {}) {
    const auto row = std::ranges::find(operations, operation, &guard::Operation::name);
    std::promise<Result<sdk::Output>> promise;
    auto answer = promise.get_future();
    sdk::Principal root;
    root.kind = sdk::PrincipalKind::Root;
    root.account = scope.account;
    root.arn = "arn:aws:iam::000000000000:root";
    gate.run(*row, {.principal = root, .request_id = RequestId("r")},
             {.parameters = std::move(parameters), .body = make_body(std::move(body))},
             [&](Result<sdk::Output> output) { promise.set_value(std::move(output)); });
    return answer.get();
  }

  // Puts and deletes as an SDK does: again, until it is acknowledged.
  History work(int client, std::uint64_t seed) {
    std::mt19937_64 random(seed + static_cast<std::uint64_t>(client));
    const auto below = [&](std::size_t n) { return random() % n; };
    History history;
    for (int i = 0; i < kChanges; ++i) {
      const auto key = std::to_string(client) + "/" + std::to_string(below(12)) + ".log";
      if (below(6) == 0) {
        while (!call("DeleteObject", {{"Bucket", "logs"}, {"Key", key}})) continue;
        history.objects.erase(key);
        continue;
      }
      const auto lines = below(8) == 0 ? 2'000 : 1 + below(20);  // large ones are blobs
      put(key, lines, std::to_string(client) + "-" + std::to_string(i), history);
    }
    return history;
  }

  void put(const std::string& key, std::size_t lines, const std::string& name, History& history) {
    for (int attempt = 0;; ++attempt) {
      Version version{name + "-" + std::to_string(attempt), lines};
      std::string text;
      for (std::size_t line = 0; line < lines; ++line)
        text += version.name + " line " + std::to_string(line) + " of an access log\n";
      version.acknowledged =
          call("PutObject", {{"Bucket", "logs"}, {"Key", key}}, text).has_value();
      history.versions.push_back(version);
      if (!version.acknowledged) continue;
      history.objects[key] = std::move(text);
      return;
    }
  }

  bool settled() {
    const auto status = dispatcher->status();
    return store.scan(store::keys::due_all(scope), "", 1)->empty() &&
           std::ranges::all_of(status, [](const auto& one) { return one.pending == 0; });
  }
  void wait_until_settled() {
    SystemClock system;
    const auto patience = system.now() + std::chrono::seconds(60);
    while (!settled() && system.now() < patience)
      system.wait_until(system.now() + std::chrono::milliseconds(5), {});
    EXPECT_TRUE(settled()) << "deliveries are left";
  }

  // How often each version's lines are in the lake: name -> (rows, different rows).
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> rows_of_versions() {
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> rows;
    const auto table = manifest->find(TableName("alb"));
    auto reader = files->query(
        "SELECT split_part(message, ' ', 1), count(*), count(DISTINCT message) "
        "FROM alb GROUP BY 1",
        {table->value()}, {});
    EXPECT_TRUE(reader) << reader.error().message;
    while (auto batch = *(*reader)->next()) {
      for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
        const auto number = [&](int column) {
          return std::stoll(batch->column(column)->GetScalar(row).ValueOrDie()->ToString());
        };
        rows[batch->column(0)->GetScalar(row).ValueOrDie()->ToString()] = {number(1), number(2)};
      }
    }
    return rows;
  }

  void expect_lines_once(const std::vector<Version>& versions) {
    auto rows = rows_of_versions();
    for (const auto& version : versions) {
      const auto found = rows.find(version.name);
      if (found == rows.end()) {
        EXPECT_FALSE(version.acknowledged) << version.name << " is lost";
        continue;
      }
      const auto lines = static_cast<std::int64_t>(version.lines);
      EXPECT_EQ(found->second, std::pair(lines, lines)) << version.name;
      rows.erase(found);
    }
    EXPECT_TRUE(rows.empty()) << "rows of " << rows.begin()->first << ", which nobody put";
  }

  void expect_objects(const std::map<std::string, std::string>& objects) {
    const auto prefix = store::keys::object(scope, BucketName("logs"), "");
    EXPECT_EQ(store.scan(prefix, "", 10'000)->size(), objects.size());
    for (const auto& [key, text] : objects) {
      auto got = call("GetObject", {{"Bucket", "logs"}, {"Key", key}});
      ASSERT_TRUE(got) << key << ": " << got.error().message;
      EXPECT_EQ(read_all_blocking(std::move(got->body), 64 << 20).value_or("(unreadable)"), text);
    }
  }

  // Of every delivery record, and in the audit log.
  void expect_one_outcome_each() {
    std::map<std::string, int> outcomes;
    const auto stream = store::keys::audit_stream(scope);
    const auto report = guard::verify(store, stream);
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->broken);
    const auto records = store.read(stream, 1, 1'000'000, 1 << 30);
    for (const auto& record : *records) {
      const auto parsed = boost::json::parse(record.payload);
      const auto* details = parsed.as_object().if_contains("serviceEventDetails");
      if (details == nullptr || !details->is_object()) continue;
      const auto& of = details->get_object();
      if (json::text_or(of, "outcome") != to_string(store::OutcomeKind::Pending))
        ++outcomes[json::text_or(of, "deliveryId")];
    }
    const auto all = store.scan(store::keys::delivery(scope, DeliveryId()), "", 100'000);
    for (const auto& entry : *all) {
      const auto delivery = store::decode_delivery(entry.value);
      ASSERT_TRUE(delivery);
      EXPECT_EQ(delivery->outcome, store::OutcomeKind::Succeeded)
          << delivery->event.key << ": " << (delivery->cause ? delivery->cause->message : "");
      EXPECT_EQ(outcomes[delivery->id.text()], 1) << delivery->event.key;
    }
    EXPECT_EQ(outcomes.size(), all->size());
  }

  // After the sweeps of the next start: nothing is stored that nobody needs.
  void expect_no_leftovers(std::size_t objects) {
    dispatcher.reset();
    lander.reset();
    ASSERT_TRUE(bodies.sweep());
    const auto stored = [&] {
      return store.scan(store::keys::inline_body(""), "", 100'000)->size() +
             blobs.list(ports::BlobId(), 100'000)->size();
    };
    EXPECT_EQ(stored(), objects);
    ASSERT_TRUE(lake::sweep(*files, *manifest));
    std::size_t on_disk = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "lake"))
      on_disk += entry.is_regular_file();
    const auto table = manifest->find(TableName("alb"));
    EXPECT_EQ(on_disk, (*table)->files.size());
    for (const auto& file : (*table)->files) EXPECT_TRUE(files->verify(*file)) << file->path;
  }

  static constexpr int kClients = 3;
  static constexpr int kChanges = 40;

  Scope scope{AccountId("000000000000"), Region("us-east-1")};
  QuickClock clock;
  SystemClock fault_clock;
  adapters::Faults faults{GetParam(), {}, fault_clock};
  test::TemporaryFolder folder;
  adapters::PosixDisk disk;
  std::unique_ptr<ports::LakeFiles> files =
      std::move(*adapters::open_lake_files(disk, folder / "lake"));
  adapters::MemoryStore store{clock};
  adapters::MemoryBlobStore blobs;
  adapters::FaultyCommitLog flaky_log{store, faults, fault_clock};
  adapters::FaultyStateStore flaky_state{store, faults};
  adapters::FaultyBlobStore flaky_blobs{blobs, faults};
  adapters::FaultyLakeFiles flaky_files{*files, faults};
  test::Script script;
  sdk::Function lines_stage = test::lines_function(script);
  sdk::Catalogue catalogue{{&lines_stage, &runtime::native::kLakeLand}};
  store::BodyStore bodies{flaky_log, flaky_state, flaky_blobs};
  std::unique_ptr<store::ConfigurationStore> configuration;
  guard::SnapshotPolicySource policies{guard::PolicySnapshot::make(std::vector<model::App>{})};
  guard::AuditLog audit{scope, clock, flaky_log};
  guard::Gate gate{scope, clock, policies, audit};
  metrics::Registry metrics;
  std::unique_ptr<lake::Manifest> manifest;
  std::unique_ptr<lake::Lander> lander;
  test::KeyFailures failures;
  std::unique_ptr<dispatch::Dispatcher> dispatcher;
  std::optional<patterns::event::BucketEvents> events;
  guard::OperationTable operations;
};

INSTANTIATE_TEST_SUITE_P(Seeds, DeliveryFaultTest,
                         testing::Range(test::seed(1), test::seed(1) + 3));

TEST_P(DeliveryFaultTest, NothingAcknowledgedIsLostAndNothingLandsTwice) {
  faults.set({.error = 0.04, .full = 0.02, .lost_acknowledgement = 0.04, .delay = 0.05});
  std::vector<std::future<History>> clients;
  for (int client = 0; client < kClients; ++client) {
    clients.push_back(
        std::async(std::launch::async, [this, client] { return work(client, GetParam()); }));
  }
  History all;
  for (auto& client : clients) {
    auto history = client.get();
    std::ranges::move(history.versions, std::back_inserter(all.versions));
    all.objects.merge(history.objects);
  }
  wait_until_settled();
  faults.set({});
  EXPECT_GT(all.versions.size(), all.objects.size()) << "no fault struck";
  expect_lines_once(all.versions);
  expect_objects(all.objects);
  expect_one_outcome_each();
  expect_no_leftovers(all.objects.size());
}

}  // namespace
}  // namespace sextant
