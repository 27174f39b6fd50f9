#include "cli/queue_ingest.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "cli/notification.h"
#include "cli/object_copy.h"
#include "cli/retry.h"
#include "cli/sqs_queue.h"
#include "core/bounded_queue.h"

namespace sextant::cli {
namespace {

constexpr auto kHideAgainAfter = SqsQueue::kHidden / 3;
constexpr std::chrono::seconds kWaitUntilEmpty{2};
constexpr std::chrono::seconds kPause{5};  // while somebody is busy or does not answer

// The messages that were received and not yet dealt with.
class InHand {
 public:
  void add(const std::string& receipt) {
    std::lock_guard lock(mutex_);
    receipts_.insert(receipt);
  }
  void remove(const std::string& receipt) {
    std::lock_guard lock(mutex_);
    receipts_.erase(receipt);
    if (receipts_.empty()) empty_.notify_all();
  }
  void wait_until_empty(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    empty_.wait(lock, stop, [&] { return receipts_.empty(); });
  }
  std::vector<std::string> all() {
    std::lock_guard lock(mutex_);
    return {receipts_.begin(), receipts_.end()};
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any empty_;
  std::set<std::string> receipts_;
};

// What the threads of one run share.
struct QueueRun {
  const IngestOptions& options;
  const AwsClient::Credentials& credentials;
  IngestTotals& totals;
  std::stop_token stop;
  BoundedQueue<QueueMessage> messages{SqsQueue::kBatchMax};
  InHand in_hand = {};

  Result<SqsQueue> open_queue() const {
    return SqsQueue::open(options.source, options.queue_url, credentials);
  }
  bool tries_without_end(const Error& error) const {
    return !options.until_empty && worth_another_try(error);
  }
  // False when the run is to stop.
  bool pause() const {
    SystemClock clock;
    return clock.wait_until(clock.now() + kPause, stop);
  }
};

void hide_all(SqsQueue& queue, QueueRun& run, std::chrono::seconds how_long) {
  const auto receipts = run.in_hand.all();
  for (std::size_t i = 0; i < receipts.size(); i += SqsQueue::kBatchMax) {
    const auto count = std::min(SqsQueue::kBatchMax, receipts.size() - i);
    // Not done in time, it is received twice, and found to be there.
    static_cast<void>(queue.hide({receipts.data() + i, count}, how_long));
  }
}

// A thread: what is in hand stays hidden from others, however long its object takes.
void keep_hidden(QueueRun& run, std::stop_token ends) {
  auto queue = run.open_queue();
  if (!queue) return;
  SystemClock clock;
  while (clock.wait_until(clock.now() + kHideAgainAfter, ends))
    hide_all(*queue, run, SqsQueue::kHidden);
}

Result<Copied> copy_notified(ObjectCopier& copier, const SourceObject& object, QueueRun& run) {
  const auto nobody_looks_on = [](std::uint64_t) {};
  for (bool is_told = false;; is_told = true) {
    auto done = copier.copy(object, Known::Nothing, nobody_looks_on, run.stop);
    if (done || !run.tries_without_end(done.error())) return done;
    if (!is_told) report(done.error());
    if (!run.pause()) return done;
  }
}

// Whether all that the message names is there.
bool copy_message(ObjectCopier& copier, const QueueMessage& message, QueueRun& run) {
  const auto objects = within("message " + message.id, parse_notification(message.body));
  if (!objects) {
    run.totals.failed(objects.error());
    return false;
  }
  bool all_there = true;
  for (const auto& object : *objects) {
    auto done = copy_notified(copier, object, run);
    if (done) {
      run.totals.done(done->what, done->bytes);
      continue;
    }
    all_there = false;
    if (!run.stop.stop_requested()) run.totals.failed(std::move(done).error());
  }
  return all_there;
}

// One of several threads: takes messages until there are no more.
void copy_messages(ObjectCopier& copier, SqsQueue& queue, QueueRun& run) {
  while (const auto message = run.messages.pop(run.stop)) {
    if (run.stop.stop_requested()) return;
    if (copy_message(copier, *message, run)) {
      auto removed = with_retries(run.stop, [&](int) { return queue.remove(message->receipt); });
      if (!removed) run.totals.failed(std::move(removed).error());
    } else if (run.stop.stop_requested()) {
      return;  // still in hand, so it is given back
    }
    run.in_hand.remove(message->receipt);
  }
}

// Whether there were any.
Result<bool> receive_some(SqsQueue& queue, QueueRun& run) {
  const auto wait = run.options.until_empty ? kWaitUntilEmpty : SqsQueue::kWaitMax;
  SX_TRY_AS(auto messages, queue.receive(wait, run.stop));
  for (const auto& each : messages) run.in_hand.add(each.receipt);
  const bool any = !messages.empty();
  for (auto& each : messages) {
    if (!run.messages.push(std::move(each), run.stop)) break;
  }
  return any;
}

// A while, unless it is an error that ends the run.
Result<> wait_out(const Error& error, bool is_told, QueueRun& run) {
  if (!run.tries_without_end(error)) return std::unexpected(error);
  if (!is_told) report(error);
  run.pause();
  return {};
}

// What is in hand when the queue looks empty may come again, so it is asked once more afterwards.
Result<> receive_all(SqsQueue& queue, QueueRun& run) {
  bool is_told = false;
  while (!run.stop.stop_requested()) {
    const bool was_idle = run.in_hand.all().empty();
    const auto any = receive_some(queue, run);
    if (run.stop.stop_requested()) return {};
    if (!any) {
      SX_TRY(wait_out(any.error(), is_told, run));
      is_told = true;
      continue;
    }
    is_told = false;
    if (*any || !run.options.until_empty) continue;
    if (was_idle) return {};
    run.in_hand.wait_until_empty(run.stop);
  }
  return {};
}

struct QueueWorker {
  ObjectCopier copier;
  SqsQueue queue;
};

Result<std::vector<QueueWorker>> open_workers(const QueueRun& run) {
  std::vector<QueueWorker> workers;
  for (int i = 0; i < run.options.parallel; ++i) {
    SX_TRY_AS(auto copier, ObjectCopier::open(run.options, run.credentials));
    SX_TRY_AS(auto queue, run.open_queue());
    workers.push_back({.copier = std::move(copier), .queue = std::move(queue)});
  }
  return workers;
}

}  // namespace

Result<> follow_queue(const IngestOptions& options, const AwsClient::Credentials& credentials,
                      IngestTotals& totals, std::stop_token stop) {
  QueueRun run{
      .options = options, .credentials = credentials, .totals = totals, .stop = std::move(stop)};
  SX_TRY_AS(auto queue, run.open_queue());
  SX_TRY_AS(auto workers, open_workers(run));
  Result<> received;
  {
    const std::jthread keeper([&run](std::stop_token ends) { keep_hidden(run, std::move(ends)); });
    std::vector<std::jthread> threads;
    for (auto& each : workers)
      threads.emplace_back([&run, &each] { copy_messages(each.copier, each.queue, run); });
    received = receive_all(queue, run);
    run.messages.close();
    threads.clear();  // joins
  }
  hide_all(queue, run, std::chrono::seconds(0));  // what was not begun is anybody's again
  return received;
}

}  // namespace sextant::cli
