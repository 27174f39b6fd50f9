#include "services/node/node_service.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "adapters/memory/store.h"
#include "core/json.h"
#include "model/codec.h"
#include "store/keys.h"
#include "tests/support/idle_dispatcher.h"

namespace sextant::services::node {
namespace {

constexpr Time kNow{std::chrono::seconds(1'783'030'980)};

class NodeServiceTest : public testing::Test {
 protected:
  NodeServiceTest() {
    model::App app;
    app.name = "ti";
    model::Function function;
    function.name = FunctionName("collector");
    function.arn = "arn:aws:lambda:us-east-1:000000000000:function:collector";
    function.handler = "parsers.alb|lake.land";
    function.environment = {{"VERSION", "1"}};
    app.functions["collector"] = function;
    ports::Batch batch;
    batch.puts.push_back({store::keys::app(scope_, app.name), model::encode(app)});
    EXPECT_TRUE(ports::commit(store_, std::move(batch)));
    configuration_ = std::move(*store::ConfigurationStore::open(store_, scope_));
    table_ = operations({.scope = scope_,
                         .clock = clock_,
                         .state = store_,
                         .configuration = *configuration_,
                         .dispatcher = dispatcher_});
  }

  void store_delivery(int number, const std::string& function, store::OutcomeKind outcome) {
    store::Delivery delivery;
    delivery.function = FunctionName(function);
    delivery.event.bucket = "logs";
    delivery.event.key = "k" + std::to_string(number);
    delivery.event.sequencer = std::to_string(number);
    delivery.id = store::delivery_id(delivery.function, delivery.event);
    delivery.created = delivery.due = kNow;
    delivery.outcome = outcome;
    delivery.attempts = 2;
    delivery.rows_landed = 10;
    delivery.rows_malformed = 1;
    if (outcome == store::OutcomeKind::Dropped)
      delivery.cause = store::Cause{"Malformed.Gzip", "cut short", "parsers.alb"};
    ports::Batch batch;
    batch.puts.push_back({store::keys::delivery(scope_, delivery.id), store::encode(delivery)});
    ASSERT_TRUE(ports::commit(store_, std::move(batch)));
  }

  Result<boost::json::object> ask(std::string_view operation, boost::json::object parameters = {}) {
    for (const auto& row : table_) {
      if (row.name != operation) continue;
      std::optional<Result<sdk::Output>> answer;
      row.handle(nullptr, {.parameters = std::move(parameters), .body = nullptr},
                 [&](Result<sdk::Output> output) { answer.emplace(std::move(output)); });
      if (!answer) return fail(Code::Unavailable, "no answer");
      if (!*answer) return std::unexpected(answer->error());
      return std::move((*answer)->result);
    }
    return fail(Code::NotFound, "no such operation");
  }

  // The keys of all pages, and how many pages there were.
  std::pair<std::multiset<std::string>, int> pages(boost::json::object parameters) {
    std::multiset<std::string> keys;
    for (int page = 1; page < 100; ++page) {
      const auto listed = ask("ListDeliveries", parameters);
      EXPECT_TRUE(listed);
      if (!listed) return {keys, page};
      for (const auto& row : listed->at("Deliveries").as_array())
        keys.insert(json::text_or(row.as_object(), "Key"));
      const auto next = json::text_or(*listed, "NextToken");
      if (next.empty()) return {keys, page};
      parameters["NextToken"] = next;
    }
    return {keys, 100};
  }

  Scope scope_{AccountId("000000000000"), Region("us-east-1")};
  ManualClock clock_{kNow};
  adapters::MemoryStore store_{clock_};
  test::IdleDispatcher dispatcher_;
  std::unique_ptr<store::ConfigurationStore> configuration_;
  guard::OperationTable table_;
};

TEST_F(NodeServiceTest, PagesOfDeliveriesHaveEachOnce) {
  for (int i = 0; i < 25; ++i) {
    store_delivery(i, i % 5 == 0 ? "other" : "collector",
                   i % 2 == 0 ? store::OutcomeKind::Succeeded : store::OutcomeKind::Dropped);
  }
  struct {
    boost::json::object parameters;
    std::size_t items;
    int pages_max;
  } const table[] = {
      {{}, 25, 1},
      {{{"MaxItems", "10"}}, 25, 3},
      {{{"MaxItems", "25"}}, 25, 2},  // the last page cannot know that it is
      {{{"MaxItems", "1"}}, 25, 26},
      {{{"MaxItems", "1000000"}}, 25, 1},
      {{{"Outcome", "dropped"}}, 12, 1},
      {{{"Outcome", "dropped"}, {"MaxItems", "5"}}, 12, 3},
      {{{"Function", "other"}}, 5, 1},
      {{{"Function", "other"}, {"Outcome", "succeeded"}, {"MaxItems", "2"}}, 3, 2},
      {{{"Function", "nobody"}}, 0, 1},
      {{{"Outcome", "Dropped"}}, 0, 1},
  };
  for (const auto& row : table) {
    const auto [keys, count] = pages(row.parameters);
    EXPECT_EQ(keys.size(), row.items) << boost::json::serialize(row.parameters);
    EXPECT_EQ(std::set(keys.begin(), keys.end()).size(), row.items);
    EXPECT_EQ(count, row.pages_max) << boost::json::serialize(row.parameters);
  }
}

TEST_F(NodeServiceTest, ADeliveryTellsHowItEnded) {
  store_delivery(1, "collector", store::OutcomeKind::Dropped);
  const auto listed = ask("ListDeliveries");
  ASSERT_TRUE(listed);
  const auto& row = listed->at("Deliveries").as_array().at(0).as_object();
  EXPECT_EQ(row.at("Outcome"), "dropped");
  EXPECT_EQ(row.at("Attempts").to_number<int>(), 2);
  EXPECT_EQ(row.at("Created"), "2026-07-02T22:23:00Z");
  EXPECT_EQ(row.at("Cause").at("Code"), "Malformed.Gzip");
  EXPECT_EQ(row.at("Cause").at("Stage"), "parsers.alb");
  EXPECT_FALSE(row.contains("Ended"));
}

TEST_F(NodeServiceTest, AListingThatMakesNoSenseIsRefused) {
  for (const boost::json::object& parameters :
       std::initializer_list<boost::json::object>{{{"MaxItems", "0"}},
                                                  {{"MaxItems", "-1"}},
                                                  {{"MaxItems", "ten"}},
                                                  {{"NextToken", "xyz"}}}) {
    const auto refused = ask("ListDeliveries", parameters);
    ASSERT_FALSE(refused) << boost::json::serialize(parameters);
    EXPECT_EQ(refused.error().name, "ValidationException");
  }
}

TEST_F(NodeServiceTest, TheSummaryCountsAllOutcomes) {
  const auto outcomes = [&] {
    const auto summary = ask("SummarizeDeliveries");
    return summary ? boost::json::serialize(*summary) : summary.error().message;
  };
  EXPECT_EQ(outcomes(), R"({"RowsLanded":0,"RowsMalformed":0,"Attempts":0,"Outcomes":{"pending":0,)"
                        R"("succeeded":0,"sent_to_failure_destination":0,"dropped":0}})");
  store_delivery(1, "collector", store::OutcomeKind::Succeeded);
  store_delivery(2, "collector", store::OutcomeKind::Succeeded);
  store_delivery(3, "other", store::OutcomeKind::Pending);
  EXPECT_EQ(outcomes(),
            R"({"RowsLanded":30,"RowsMalformed":3,"Attempts":6,"Outcomes":{"pending":1,)"
            R"("succeeded":2,"sent_to_failure_destination":0,"dropped":0}})");
}

TEST_F(NodeServiceTest, TheStatusSumsUpItsFunctions) {
  dispatcher_.functions.resize(2);
  dispatcher_.functions[0].pending = 3;
  dispatcher_.functions[0].rows_per_second = 7.9;
  dispatcher_.functions[1].pending = 4;
  dispatcher_.functions[1].lag = std::chrono::seconds(9);
  const auto status = ask("GetStatus");
  ASSERT_TRUE(status);
  EXPECT_EQ(status->at("Pending").to_number<int>(), 7);
  EXPECT_EQ(status->at("Time"), "2026-07-02T22:23:00.000Z");
  const auto& functions = status->at("Functions").as_array();
  ASSERT_EQ(functions.size(), 2u);
  EXPECT_EQ(functions[0].at("RowsPerSecond").to_number<int>(), 7);
  EXPECT_EQ(functions[1].at("LagSeconds").to_number<int>(), 9);
}

TEST_F(NodeServiceTest, FunctionsAreListedAsTheyAreDeployed) {
  const auto listed = ask("ListFunctions");
  ASSERT_TRUE(listed);
  const auto& functions = listed->at("Functions").as_array();
  ASSERT_EQ(functions.size(), 1u);
  EXPECT_EQ(functions[0].at("FunctionName"), "collector");
  EXPECT_EQ(functions[0].at("Stack"), "ti");
  EXPECT_EQ(functions[0].at("Handler"), "parsers.alb|lake.land");
  EXPECT_EQ(functions[0].at("Environment").at("Variables").at("VERSION"), "1");
}

}  // namespace
}  // namespace sextant::services::node
