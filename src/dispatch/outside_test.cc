// Functions that wait for systems outside.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stop_token>

#include "tests/support/dispatch_fixture.h"

namespace sextant::dispatch {
namespace {

using store::OutcomeKind;

// Passes rows on after `on_rows`, and says that it calls the search domain "logs".
class OutsidePrepared final : public sdk::Prepared {
 public:
  using OnRows = std::function<Result<>(const sdk::Source&)>;
  explicit OutsidePrepared(const OnRows& on_rows) : on_rows_(on_rows) {}
  std::vector<sdk::OutsideCall> outside_calls() const override {
    return {{.service = "es", .operation = "ESHttpPost", .resource = "domain/logs/_bulk"}};
  }
  std::unique_ptr<sdk::Stage> start(const sdk::Source& source) const override {
    return std::make_unique<Stage>(on_rows_, source);
  }

 private:
  struct Stage final : sdk::Stage {
    Stage(const OnRows& on_rows, sdk::Source from) : act(on_rows), source(std::move(from)) {}
    Result<> rows(sdk::Rows rows, const sdk::Emit& emit) override {
      SX_TRY(act(source));
      return emit(std::move(rows));
    }
    const OnRows& act;
    const sdk::Source source;
  };
  const OnRows& on_rows_;
};

class OutsideTest : public test::DispatchTest {
 protected:
  OutsideTest() {
    catalogue = sdk::Catalogue({&lines, &outside, &runtime::native::kLakeLand});
    function().handler = "test.lines|test.outside|lake.land";
    auto other = function();
    other.name = FunctionName("other");
    other.arn = "arn:aws:lambda:us-east-1:000000000000:function:other";
    other.handler = "test.lines|lake.land";
    app.functions["other"] = other;
    auto permission = app.permissions[0];
    permission.statement_id = "s2";
    permission.function = other.name;
    app.permissions.push_back(permission);
    allow("es:ESHttpPost", "arn:aws:es:us-east-1:000000000000:domain/logs/*");
    options.outside_threads = 3;
    options.outside_per_function_max = 2;
    start();
  }
  ~OutsideTest() override { dispatcher.reset(); }

  void allow(const std::string& action, const std::string& resource) {
    auto& role = app.roles.begin()->second;
    role.inline_policies.resize(1);
    role.inline_policies.push_back(
        {.name = "outside",
         .document = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":")" +
                     action + R"(","Resource":")" + resource + R"("}]})"});
    deploy();
  }
  std::string audit_text() {
    std::string text;
    const auto all = store.read(store::keys::audit_stream(scope), 1, 10'000, 1 << 26);
    for (const auto& record : *all) text += record.payload + "\n";
    return text;
  }

  OutsidePrepared::OnRows on_rows = [](const auto&) { return Result<>(); };
  sdk::Function outside{
      .id = "test.outside",
      .title = "Outside",
      .summary = "Waits for others.",
      .waits_outside = true,
      .prepare = [this](const auto&) -> Result<std::shared_ptr<const sdk::Prepared>> {
        return std::make_shared<OutsidePrepared>(on_rows);
      }};
};

TEST_F(OutsideTest, ASystemThatHangsHoldsUpNobodyElse) {
  std::latch entered(2);
  std::latch answer(1);
  std::atomic<int> calls = 0;
  std::atomic<int> at_once = 0;
  std::atomic<int> most = 0;
  on_rows = [&](const auto&) -> Result<> {
    most = std::max(most.load(), ++at_once);
    if (++calls <= 2) entered.count_down();
    answer.wait();
    --at_once;
    return {};
  };
  std::vector<store::Delivery> hung;
  for (int i = 0; i < 6; ++i) hung.push_back(send("hung-" + std::to_string(i)));
  entered.wait();
  sends_to = FunctionName("other");
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(outcome_of(send("k-" + std::to_string(i))).outcome, OutcomeKind::Succeeded);
  for (const auto& delivery : hung) EXPECT_EQ(now_of(delivery).outcome, OutcomeKind::Pending);
  answer.count_down();
  for (const auto& delivery : hung) EXPECT_EQ(outcome_of(delivery).outcome, OutcomeKind::Succeeded);
  EXPECT_LE(most, 2);  // of one function
}

TEST_F(OutsideTest, TheGateJudgesTheCallBeforeAnythingRuns) {
  std::atomic<int> calls = 0;
  on_rows = [&](const auto&) -> Result<> {
    ++calls;
    return {};
  };
  EXPECT_EQ(outcome_of(send("allowed")).outcome, OutcomeKind::Succeeded);
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(audit_text().contains("arn:aws:es:us-east-1:000000000000:domain/logs/_bulk"));
  allow("es:ESHttpPost", "arn:aws:es:us-east-1:000000000000:domain/other/*");
  const auto ended = outcome_of(send("refused"));
  EXPECT_EQ(ended.outcome, OutcomeKind::Dropped);
  ASSERT_TRUE(ended.cause);
  EXPECT_EQ(ended.cause->code, "AccessDenied");
  EXPECT_TRUE(ended.cause->message.contains("es:ESHttpPost")) << ended.cause->message;
  EXPECT_EQ(calls, 1);
}

TEST_F(OutsideTest, ItIsTriedAgainAsLongAsTheEventIsYoung) {
  std::atomic<int> calls = 0;
  on_rows = [&](const auto&) -> Result<> {
    if (++calls <= 8) return fail(Code::Unavailable, "the domain is down", "Search.Unavailable");
    return {};
  };
  const auto ended = outcome_of(send("k"));
  EXPECT_EQ(ended.outcome, OutcomeKind::Succeeded);
  EXPECT_EQ(ended.attempts, 9u);
  EXPECT_EQ(landed(), (std::vector<std::string>{"a", "b"}));
}

TEST_F(OutsideTest, WaitingForOthersIsNotTheFunctionsTime) {
  function().timeout_s = 3;
  deploy();
  on_rows = [&](const auto&) -> Result<> {
    clock.advance(std::chrono::seconds(100));
    return {};
  };
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "line " + std::to_string(i) + "\n";
  EXPECT_EQ(outcome_of([&] {
              auto stored = store_delivery("k", text);
              dispatcher->wake(*stored);
              return *stored;
            }())
                .outcome,
            OutcomeKind::Succeeded);
}

TEST_F(OutsideTest, WhoWaitsIsToldThatTheNodeEnds) {
  std::latch entered(1);
  on_rows = [&](const sdk::Source& source) -> Result<> {
    std::latch told(1);
    const std::stop_callback stop(source.stop, [&] { told.count_down(); });
    entered.count_down();
    told.wait();
    return fail(Code::Unavailable, "the node ends");
  };
  const auto delivery = send("k");
  entered.wait();
  EXPECT_TRUE(dispatcher->drain(std::chrono::seconds(20)));
  EXPECT_EQ(now_of(delivery).outcome, OutcomeKind::Pending);
}

}  // namespace
}  // namespace sextant::dispatch
