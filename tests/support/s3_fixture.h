#pragma once
// For tests of S3: its operations behind a gate, on memory adapters, called by the account's root.
// With one thread everything has happened when call() returns.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/memory/blob_store.h"
#include "adapters/memory/store.h"
#include "core/hash.h"
#include "guard/gate.h"
#include "guard/snapshot_policy_source.h"
#include "model/codec.h"
#include "patterns/event/bucket_events.h"
#include "services/s3/s3_service.h"
#include "store/configuration.h"
#include "store/keys.h"
#include "tests/support/idle_dispatcher.h"

namespace sextant::test {

inline constexpr Time kS3Time{std::chrono::seconds(1'783'030'980)};  // 2026-07-02T22:23:00Z

struct Answer {
  boost::json::object result;
  std::string body;
  std::string error;  // "" or AWS's error code
  std::string message;
  Code code = Code::Invalid;

  std::string text(std::string_view name) const {
    const auto* value = result.if_contains(name);
    if (value == nullptr) return "(absent)";
    return value->is_string() ? std::string(value->get_string()) : boost::json::serialize(*value);
  }
};

class S3Test : public testing::Test {
 protected:
  explicit S3Test(const std::vector<model::App>& apps = {}) {
    for (const auto& app : apps) {
      ports::Batch batch;
      batch.puts.push_back({store::keys::app(scope, app.name), model::encode(app)});
      EXPECT_TRUE(ports::commit(store, std::move(batch)));
    }
    configuration = std::move(*store::ConfigurationStore::open(store, scope));
    events.emplace(*configuration, dispatcher);
    bodies.emplace(store, store, blobs);
    open_operations();
  }

  void open_operations() {
    auto made = services::s3::operations({.scope = scope,
                                          .clock = clock,
                                          .log = store,
                                          .state = store,
                                          .bodies = *bodies,
                                          .events = *events});
    ASSERT_TRUE(made) << made.error().message;
    operations = std::move(*made);
  }

  // Begins a call; the answer is there when it has been given.
  std::shared_ptr<std::optional<Answer>> begin(std::string_view operation,
                                               boost::json::object parameters,
                                               std::string body = {},
                                               std::map<std::string, std::string> trailers = {}) {
    auto answer = std::make_shared<std::optional<Answer>>();
    sdk::Input input{.parameters = std::move(parameters), .body = make_body(std::move(body))};
    input.trailers = [trailers = std::move(trailers)] { return trailers; };
    for (const auto& row : operations) {
      if (row.name != operation) continue;
      gate.run(row, {.principal = root(), .request_id = RequestId("r"), .source_ip = "192.0.2.1"},
               std::move(input), [this, answer](Result<sdk::Output> output) {
                 auto given = to_answer(std::move(output));
                 std::lock_guard lock(answers_mutex);
                 EXPECT_FALSE(*answer) << "answered twice";
                 *answer = std::move(given);
                 answered.notify_all();
               });
      return answer;
    }
    ADD_FAILURE() << "there is no operation " << operation;
    return answer;
  }

  Answer call(std::string_view operation, boost::json::object parameters, std::string body = {},
              std::map<std::string, std::string> trailers = {}) {
    auto answer = begin(operation, std::move(parameters), std::move(body), std::move(trailers));
    // The collector of bytes may be committing too, and then its thread tells our commit's end.
    std::unique_lock lock(answers_mutex);
    EXPECT_TRUE(
        answered.wait_for(lock, std::chrono::seconds(10), [&] { return answer->has_value(); }))
        << operation << " did not answer";
    return answer->value_or(Answer{});
  }

  Answer put(const std::string& key, std::string body, boost::json::object more = {}) {
    more["Bucket"] = "logs";
    more["Key"] = key;
    return call("PutObject", std::move(more), std::move(body));
  }
  Answer get(const std::string& key, boost::json::object more = {}) {
    more["Bucket"] = "logs";
    more["Key"] = key;
    return call("GetObject", std::move(more));
  }
  void make_bucket(const std::string& name = "logs") {
    EXPECT_EQ(call("CreateBucket", {{"Bucket", name}}).error, "");
  }

  // The collector works through what it was given before it ends.
  void wait_for_collector() {
    bodies.emplace(store, store, blobs);
    open_operations();
  }
  // Bodies that are stored, whoever refers to them.
  std::size_t stored_bodies() {
    return store.scan(store::keys::inline_body(""), "", 10'000)->size() +
           blobs.list(ports::BlobId(), 10'000)->size();
  }

  sdk::Principal root() const {
    sdk::Principal principal;
    principal.kind = sdk::PrincipalKind::Root;
    principal.account = scope.account;
    principal.arn = "arn:aws:iam::" + scope.account.text() + ":root";
    principal.principal_id = scope.account.text();
    return principal;
  }

  static Answer to_answer(Result<sdk::Output> output) {
    Answer answer;
    if (!output) {
      answer.code = output.error().code;
      answer.message = output.error().message;
      answer.error = output.error().name.empty() ? "(no name)" : output.error().name;
      return answer;
    }
    answer.result = std::move(output->result);
    if (!output->body) return answer;
    auto bytes = read_all_blocking(std::move(output->body), 64 << 20);
    EXPECT_TRUE(bytes) << bytes.error().message;
    answer.body = bytes.value_or("");
    return answer;
  }

  Scope scope{AccountId("000000000000"), Region("us-east-1")};
  ManualClock clock{kS3Time};
  std::mutex answers_mutex;
  std::condition_variable answered;
  adapters::MemoryStore store{clock};
  adapters::MemoryBlobStore blobs;
  std::unique_ptr<store::ConfigurationStore> configuration;
  IdleDispatcher dispatcher;
  std::optional<patterns::event::BucketEvents> events;
  std::optional<store::BodyStore> bodies;
  guard::SnapshotPolicySource policies{guard::PolicySnapshot::make(std::vector<model::App>{})};
  guard::AuditLog audit{scope, clock, store};
  guard::Gate gate{scope, clock, policies, audit};
  guard::OperationTable operations;
};

inline std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + i / 251);
  return bytes;
}

}  // namespace sextant::test
