// The store does not say whether a commit happened: of an attempt's end, and of the batch that made
// the delivery. Either way there is one outcome, the rows land once, and the counts are right.
#include <gtest/gtest.h>

#include "dispatch/dispatcher.h"
#include "tests/support/dispatch_fixture.h"
#include "tests/support/doubtful_log.h"

namespace sextant::dispatch {
namespace {

using store::OutcomeKind;
using test::Fate;

constexpr std::chrono::seconds kSoon{10};
constexpr std::chrono::seconds kAskAgain{1};

class InDoubtTest : public test::DispatchTest, public testing::WithParamInterface<Fate> {
 protected:
  InDoubtTest() { start(); }
  ~InDoubtTest() override {
    dispatcher.reset();
    lander.reset();
  }
  ports::CommitLog& log() override { return doubtful; }

  std::string record_of(const store::Delivery& delivery) const {
    return store::keys::delivery(scope, delivery.id);
  }
  // The next commit that ends an attempt is not confirmed; whether it happens is the parameter.
  std::future<void> lose_next_end() {
    return doubtful.lose_next(store::keys::delivery(scope, DeliveryId()), GetParam());
  }
  bool happens() const { return GetParam() == Fate::Happens; }
  void tell(std::future<void>& told) {
    ASSERT_EQ(told.wait_for(kSoon), std::future_status::ready);
    clock.advance(kAskAgain);
  }
  FunctionStatus drained_status() {
    EXPECT_TRUE(dispatcher->drain(kSoon));
    const auto all = dispatcher->status();
    return all.empty() ? FunctionStatus{} : all.front();
  }
  bool is_pending() const {
    const auto all = dispatcher->status();
    return !all.empty() && all.front().pending > 0;
  }
  // Nothing of it is left to do, in the store and, once the dispatcher has asked, in memory.
  void expect_settled() {
    const auto deadline = std::chrono::steady_clock::now() + kSoon;
    while (is_pending() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_EQ(waiting(), 0u);
    const auto status = drained_status();
    EXPECT_EQ(status.pending, 0u);
    EXPECT_EQ(status.in_flight, 0u);
  }

  test::DoubtfulLog doubtful{store};
};

INSTANTIATE_TEST_SUITE_P(Both, InDoubtTest, testing::Values(Fate::Happens, Fate::DoesNotHappen),
                         [](const auto& made) {
                           return made.param == Fate::Happens ? "ItHappened" : "ItDidNot";
                         });

TEST_P(InDoubtTest, AnUnconfirmedSuccessLandsOnce) {
  auto told = lose_next_end();
  const std::string line(99, 'x');
  std::string text;
  for (int i = 0; i < 700; ++i) text += line + "\n";  // more than is kept inline
  const auto sent = send("k", text);
  tell(told);
  const auto ended = outcome_of(sent);
  EXPECT_EQ(ended.outcome, OutcomeKind::Succeeded);
  EXPECT_EQ(ended.attempts, 1u) << "the attempt whose end was not recorded is made again";
  expect_settled();
  EXPECT_EQ(landed().size(), 700u);
  EXPECT_EQ(script.seen().size(), happens() ? 1u : 2u);
  const auto status = drained_status();
  EXPECT_EQ(status.succeeded, 1u);
  EXPECT_EQ(status.rows_landed, 700u);
  ASSERT_TRUE(ports::commit(
      store, {.erases = {store::keys::body_reference(sent.event.body[0].id, "o/logs/k")}}));
  bodies.collect(sent.event.body);  // the object's; the delivery has let go of it
  const auto blobs_left = [&] { return blobs.list(ports::BlobId(), 10)->size(); };
  while (blobs_left() != 0) std::this_thread::yield();
}

TEST_P(InDoubtTest, AnUnconfirmedRetryIsOneRetry) {
  script.on_run = [left = std::make_shared<std::atomic<int>>(1)](const auto&) -> Result<> {
    if (left->fetch_sub(1) > 0) return fail(Code::Unavailable, "no answer");
    return {};
  };
  auto told = lose_next_end();
  const auto sent = send("k");
  tell(told);
  const auto ended = outcome_of(sent);
  EXPECT_EQ(ended.outcome, OutcomeKind::Succeeded);
  expect_settled();
  EXPECT_EQ(landed(), (std::vector<std::string>{"a", "b"}));
  // What did not happen is forgotten: the attempt made again succeeds.
  EXPECT_EQ(ended.attempts, happens() ? 2u : 1u);
  EXPECT_LE(drained_status().retried, happens() ? 1u : 0u);
  EXPECT_EQ(script.seen().size(), 2u);
}

TEST_P(InDoubtTest, AnUnconfirmedFailureGoesToItsDestinationOnce) {
  function().retry.on_failure_arn = "arn:aws:s3:::failed";
  deploy();
  script.on_run = [](const auto&) -> Result<> { return fail(Code::Invalid, "no log"); };
  auto told = lose_next_end();
  const auto sent = send("k");
  tell(told);
  EXPECT_EQ(outcome_of(sent).outcome, OutcomeKind::SentToFailureDestination);
  expect_settled();
  EXPECT_EQ(failed_documents().size(), 1u);
  EXPECT_EQ(drained_status().failed, 1u);
}

TEST_P(InDoubtTest, ADeliveryWhoseMakingIsUnconfirmedRunsIfItWasMade) {
  const auto delivery = happens() ? *store_delivery("k", "a\nb\n") : make_delivery("k");
  dispatcher->wake_unconfirmed(delivery);
  // Also the question whether it was may stay without an answer.
  auto told = doubtful.lose_next(record_of(delivery), Fate::DoesNotHappen, false);
  clock.advance(kAskAgain);
  tell(told);
  if (happens()) {
    EXPECT_EQ(outcome_of(delivery).outcome, OutcomeKind::Succeeded);
    EXPECT_EQ(landed(), (std::vector<std::string>{"a", "b"}));
  }
  // One more, behind it, to know that it has been looked for.
  EXPECT_EQ(outcome_of(send("after")).outcome, OutcomeKind::Succeeded);
  expect_settled();
  EXPECT_EQ(drained_status().succeeded, happens() ? 2u : 1u);
}

TEST_P(InDoubtTest, UnconfirmedOnesCountAgainstTheBound) {
  dispatcher.reset();
  options.pending_max = 1;
  start();
  const auto doubted = happens() ? *store_delivery("k", "a\n") : make_delivery("k");
  dispatcher->wake_unconfirmed(doubted);
  ports::Batch batch;
  const auto added = dispatcher->add(batch, make_delivery("other"));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::Exhausted);
  auto told = doubtful.lose_next(record_of(doubted), Fate::DoesNotHappen, false);
  clock.advance(kAskAgain);
  tell(told);
  while (!dispatcher->add(batch, make_delivery("other"))) std::this_thread::yield();
}

}  // namespace
}  // namespace sextant::dispatch
