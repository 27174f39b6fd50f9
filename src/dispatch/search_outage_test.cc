// A search engine that is away for hours, by the clock of the test.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "adapters/memory/sink.h"
#include "core/file.h"
#include "runtime/native/search.h"
#include "tests/support/dispatch_fixture.h"
#include "tests/support/leaping_clock.h"
#include "tests/support/temporary_folder.h"

namespace sextant::dispatch {
namespace {

using namespace std::chrono_literals;
using store::OutcomeKind;

// Takes nothing while it is away; the first call after that is taken, and not acknowledged.
class AwaySink final : public ports::Sink {
 public:
  struct Call {
    Time at;
    bool was_taken;
  };
  struct Engine {
    adapters::MemorySink documents;
    std::mutex mutex;
    bool is_away = false;
    bool loses_one = false;
    std::vector<Call> calls = {};
  };
  AwaySink(Engine& engine, const Clock& clock) : engine_(engine), clock_(clock) {}

  Result<ports::SinkReport> put(std::string_view index,
                                std::span<const ports::Document> documents) override {
    const std::lock_guard lock(engine_.mutex);
    engine_.calls.push_back({clock_.now(), !engine_.is_away});
    if (engine_.is_away) return fail(Code::Unavailable, "no connection");
    auto report = engine_.documents.put(index, documents);
    if (std::exchange(engine_.loses_one, false)) return fail(Code::Unavailable, "broken off");
    return report;
  }
  Result<std::optional<ports::Document>> get(std::string_view index,
                                             std::string_view id) const override {
    return engine_.documents.get(index, id);
  }
  Result<std::uint64_t> count(std::string_view index) const override {
    return engine_.documents.count(index);
  }

 private:
  Engine& engine_;
  const Clock& clock_;
};

class SearchOutageTest : public test::DispatchTestWith<test::LeapingClock> {
 protected:
  SearchOutageTest() {
    catalogue = sdk::Catalogue({&lines, &search, &runtime::native::kLakeLand});
    auto& collector = function();
    collector.handler = "test.lines|search.index|lake.land";
    collector.environment["SEARCH_DOMAIN"] = "logs";
    collector.retry.on_failure_arn = "arn:aws:s3:::failed";
    app.roles.begin()->second.inline_policies.push_back(
        {.name = "search",
         .document = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*",)"
                     R"("Action":["es:ESHttpPost","es:ESHttpPut"]}]})"});
    deploy();
    const auto file = runtime::native::search_domain_file(folder.path().string(), "logs");
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    EXPECT_TRUE(write_file_atomic(file, "{}"));
    options = {};  // waits as they are in a node
    options.data_folder = folder.path().string();
    start();
  }
  ~SearchOutageTest() override { dispatcher.reset(); }

  void set_away(bool is_away) {
    const std::lock_guard lock(engine.mutex);
    engine.is_away = is_away;
    engine.loses_one = !is_away;
  }
  // Until then, with an event every so often.
  void pass(Duration time, std::optional<Duration> event_each = std::nullopt) {
    const auto end = clock.now() + time;
    auto next = event_each ? clock.now() : Time::max();
    while (clock.now() < end) {
      if (clock.now() >= next) {
        send_one();
        next += *event_each;
      }
      settle();
      clock.leap(std::min(end, next));
    }
    settle();
  }
  // Returns when nothing happens until time goes on: what is in flight waits, and if there is room
  // for more, the dispatcher waits for what is due next. It looks for that twice a second.
  void settle() {
    constexpr Duration kLooks = 501ms;
    for (;;) {
      const auto all = dispatcher->status();
      if (all.empty()) return;
      const auto& now = all.front();
      const bool has_room = now.in_flight < options.outside_per_function_max;
      const bool is_due = has_room && now.lag > kLooks;
      const auto waiting = now.in_flight + (has_room && now.pending > now.in_flight ? 1 : 0);
      if (!is_due && clock.waiting() >= waiting) return;
      std::this_thread::yield();
    }
  }
  void send_one() {
    const auto name = "k-" + std::to_string(sent.size());
    sent.push_back(send(name, name + " a\n" + name + " b\n"));
  }
  std::size_t pending() {
    return static_cast<std::size_t>(std::ranges::count_if(sent, [&](const auto& delivery) {
      return now_of(delivery).outcome == OutcomeKind::Pending;
    }));
  }
  std::uint64_t documents() { return *engine.documents.count("sextant-alb-2026.07.02"); }
  // Each line of these deliveries once, and no other.
  void expect_landed(std::size_t deliveries) {
    auto rows = landed();
    std::ranges::sort(rows);
    EXPECT_EQ(rows.size(), 2 * deliveries);
    EXPECT_EQ(std::ranges::adjacent_find(rows), rows.end()) << "a row is there twice";
    EXPECT_EQ(documents(), 2 * deliveries);
  }

  test::TemporaryFolder folder;
  AwaySink::Engine engine;
  sdk::Function search = runtime::native::search_index_function(
      {.open = [this](const std::string&,
                      const std::string&) -> Result<std::unique_ptr<ports::Sink>> {
         return std::make_unique<AwaySink>(engine, clock);
       },
       .clock = clock});
  std::vector<store::Delivery> sent;
};

// Nobody hammers an engine that is away: each delivery comes back after longer and longer waits,
// which full jitter spreads between nothing and five minutes.
TEST_F(SearchOutageTest, AnHourLosesNothingAndDoublesNothing) {
  pass(1min, 20s);
  EXPECT_EQ(pending(), 0u);
  const auto before = sent.size();
  set_away(true);
  const auto away_at = clock.now();
  pass(1h, 2min);
  const auto back_at = clock.now();
  ASSERT_EQ(sent.size(), before + 30);
  EXPECT_EQ(pending(), 30u) << "all that came wait";
  expect_landed(before);

  set_away(false);
  pass(10s, 5s);
  for (const auto& fresh : std::vector(sent.end() - 2, sent.end()))
    EXPECT_EQ(now_of(fresh).outcome, OutcomeKind::Succeeded) << "what is new waits for nobody";
  pass(options.backoff_max);
  EXPECT_EQ(pending(), 0u) << "nothing waits longer than the longest wait";
  expect_landed(sent.size());

  std::uint64_t attempts = 0;
  for (const auto& delivery : sent) {
    const auto ended = now_of(delivery);
    EXPECT_EQ(ended.outcome, OutcomeKind::Succeeded);
    EXPECT_LE(ended.attempts, 100u);  // an hour in waits of 150 s, more or less, and a dozen before
    attempts = std::max(attempts, ended.attempts);
  }
  EXPECT_GE(attempts, 15u) << "it was tried all the time";
  const auto calls = std::ranges::count_if(
      engine.calls, [&](const auto& call) { return call.at > away_at && call.at <= back_at; });
  EXPECT_FALSE(std::ranges::any_of(engine.calls, [&](const auto& call) {
    return call.was_taken && call.at > away_at && call.at < back_at;
  }));
  // Four calls an attempt. They waited for half the time on average: 30 · 1800 s / 150 s attempts,
  // and those of the first minutes.
  EXPECT_LE(calls, 4 * (30 * 12 + 30 * 15));
}

// Events are kept for as long as their function says (six hours is the most): then each ends where
// failures go, with its cause, and the others are as if nothing had been.
TEST_F(SearchOutageTest, BeyondTheEventsAgeEachIsSentToTheFailureDestination) {
  function().retry.event_age_max_s = 3'600;
  deploy();
  set_away(true);
  pass(65min, 20min);
  const auto has_ended = [&](OutcomeKind kind) {
    return std::ranges::count_if(
        sent, [&](const auto& delivery) { return now_of(delivery).outcome == kind; });
  };
  ASSERT_EQ(sent.size(), 4u);
  const auto failed = has_ended(OutcomeKind::SentToFailureDestination);
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(failed_documents().size(), static_cast<std::size_t>(failed));
  for (const auto& delivery : sent) {
    const auto now = now_of(delivery);
    const bool is_old = now.outcome == OutcomeKind::SentToFailureDestination;
    ASSERT_EQ(is_old, delivery.created < sent[static_cast<std::size_t>(failed)].created)
        << "the oldest, and only those";
    ASSERT_TRUE(now.cause);
    EXPECT_TRUE(now.cause->code == "Search.Unavailable" || is_old) << now.cause->code;
  }
  EXPECT_EQ(has_ended(OutcomeKind::Dropped), 0);

  set_away(false);
  pass(options.backoff_max);
  EXPECT_EQ(pending(), 0u);
  expect_landed(sent.size() - static_cast<std::size_t>(failed));
}

}  // namespace
}  // namespace sextant::dispatch
