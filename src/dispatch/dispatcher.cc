#include "dispatch/dispatcher.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "core/log.h"
#include "core/thread_name.h"
#include "dispatch/attempt.h"
#include "dispatch/revisions.h"
#include "dispatch/schedule.h"
#include "store/keys.h"

namespace sextant::dispatch {
namespace {

constexpr std::chrono::seconds kAgainAfterNotRead{1};

class PoolDispatcher final : public Dispatcher {
 public:
  PoolDispatcher(DispatcherParts parts, DispatcherOptions options)
      : parts_(std::move(parts)),
        options_(std::move(options)),
        revisions_(parts_.scope, parts_.clock, parts_.configuration, parts_.catalogue,
                   options_.data_folder, parts_.log, parts_.state),
        attempts_(parts_, options_, revisions_),
        schedule_(parts_, options_) {
    add_metrics();
  }

  ~PoolDispatcher() override {
    drain(std::chrono::seconds(0));
    wait_for_in_flight();
  }

  Result<> load() {
    const auto prefix = store::keys::due_all(parts_.scope);
    SX_TRY(ports::for_each(parts_.state, prefix, [&](const ports::Entry& entry) -> Result<> {
      SX_TRY_AS(auto due, parse_due(entry.key));
      std::lock_guard lock(mutex_);
      schedule_.add(due.function, {due.when, std::move(due.id)});
      return {};
    }));
    return {};
  }

  void start_threads() {
    start_workers(options_.worker_threads, Work::Computing);
    start_workers(options_.outside_threads, Work::Outside);
    timer_ = std::jthread([this](const std::stop_token& stop) { tick(stop); });
    // A function may run more at once than before, or at all.
    listening_ = parts_.configuration.listen([this](const auto&) { wake_workers(); });
  }

  Result<> add(ports::Batch& batch, const store::Delivery& delivery) override {
    if (schedule_.crowd() >= static_cast<std::int64_t>(options_.pending_max)) {
      return fail(Code::Exhausted,
                  "too many deliveries are waiting; please reduce your request rate", "SlowDown");
    }
    const auto key = store::keys::delivery(parts_.scope, delivery.id);
    batch.conditions.push_back({key, std::nullopt});
    batch.puts.push_back({key, store::encode(delivery)});
    batch.puts.push_back(
        {store::keys::due(parts_.scope, delivery.function, delivery.due, delivery.id), ""});
    store::BodyStore::refer(batch, delivery.event.body,
                            store::keys::delivery_referrer(delivery.id));
    return {};
  }

  void wake(const store::Delivery& delivery) override {
    {
      std::lock_guard lock(mutex_);
      schedule_.add(delivery.function, {delivery.due, delivery.id});
    }
    one_is_runnable();
    changed_.notify_all();
  }

  void wake_unconfirmed(const store::Delivery& delivery) override {
    std::lock_guard lock(mutex_);
    schedule_.add_unconfirmed(delivery.function, delivery.id);
    changed_.notify_all();
  }

  bool drain(std::chrono::seconds longest) override {
    for (auto& worker : workers_) worker.request_stop();
    timer_.request_stop();
    ending_.request_stop();
    all_may_be_runnable();
    std::unique_lock lock(mutex_);
    return idle_.wait_for(lock, longest, [&] { return schedule_.in_flight() == 0; });
  }

  std::vector<FunctionStatus> status() const override {
    auto all = [this] {
      std::lock_guard lock(mutex_);
      return schedule_.status();
    }();
    for (auto& one : all) one.revision = revisions_.newest_id(one.function);
    return all;
  }

 private:
  // Asked for when metrics are read.
  void add_metrics() {
    using metrics::Kind;
    using metrics::Sample;
    parts_.metrics.collect("sextant_deliveries_pending", "Deliveries waiting or in flight",
                           Kind::Gauge, [this]() -> std::vector<Sample> {
                             return {{.value = static_cast<double>(schedule_.pending())}};
                           });
    const auto add = [this](const char* name, const char* help,
                            double (*of)(const FunctionStatus&)) {
      parts_.metrics.collect(name, help, Kind::Gauge, [this, of] {
        std::vector<Sample> samples;
        for (const auto& one : status())
          samples.push_back({.labels = {{"function", one.function.text()}}, .value = of(one)});
        return samples;
      });
    };
    add("sextant_deliveries_waiting", "Deliveries that wait: new ones and those to be tried again",
        [](const FunctionStatus& one) {
          return static_cast<double>(one.pending - std::min(one.pending, one.in_flight));
        });
    add("sextant_delivery_lag_seconds",
        "How long the delivery that waits longest has been due; 0 while none is",
        [](const FunctionStatus& one) { return std::chrono::duration<double>(one.lag).count(); });
  }

  Result<store::keys::DueKey> parse_due(const std::string& key) const {
    auto due = store::keys::parse_due(parts_.scope, key);
    if (!due) return fail(Code::Corrupt, "'" + key + "' is no key of a waiting delivery");
    return std::move(*due);
  }

  void start_workers(int count, Work kind) {
    for (int i = 0; i < count; ++i) {
      workers_.emplace_back([this, kind](const std::stop_token& stop) { work(kind, stop); });
    }
  }

  // A worker for what has come is woken, of whichever kind it needs.
  void one_is_runnable() {
    runnable_.notify_one();
    runnable_outside_.notify_one();
  }
  void all_may_be_runnable() {
    runnable_.notify_all();
    runnable_outside_.notify_all();
  }

  void work(Work kind, const std::stop_token& stop) {
    name_this_thread(kind == Work::Outside ? "function-out" : "function");
    auto& runnable = kind == Work::Outside ? runnable_outside_ : runnable_;
    for (;;) {
      std::optional<Task> task;
      {
        std::unique_lock lock(mutex_);
        runnable.wait(lock, stop, [&] {
          if (!stop.stop_requested()) task = schedule_.next(kind);
          return task.has_value();
        });
      }
      if (!task) return;
      changed_.notify_all();  // the earliest waiting one may be another now
      switch (task->kind) {
        case Task::Kind::Attempt: attempt(*task); break;
        case Task::Kind::Refill: refill(task->function, stop); break;
        case Task::Kind::Confirm: confirm(task->function, task->entry); break;
      }
    }
  }

  // Asks with a commit, not with a read: what an earlier commit left open is decided before it.
  void confirm(const FunctionName& function, const DueEntry& entry) {
    ports::Batch batch;
    batch.conditions.push_back({store::keys::delivery(parts_.scope, entry.id), std::nullopt});
    parts_.log.submit(std::move(batch),
                      [this, function, entry](const Result<ports::Committed>& absent) {
                        confirmed(function, entry.id, absent);
                      });
  }

  void confirmed(const FunctionName& function, const DeliveryId& id,
                 const Result<ports::Committed>& absent) {
    std::optional<bool> is_there;
    if (absent || absent.error().code == Code::Conflict) is_there = !absent;
    std::lock_guard lock(mutex_);
    schedule_.confirmed(function, id, is_there);
    one_less_in_flight();
  }

  void attempt(const Task& task) {
    auto bytes = std::make_shared<std::uint64_t>(0);
    attempts_.run(
        task.entry, task.held_back, ending_.get_token(),
        [this, function = task.function, bytes](std::uint64_t landing_bytes) {
          *bytes = landing_bytes;
          std::lock_guard lock(mutex_);
          schedule_.is_landing(function, landing_bytes);
        },
        [this, function = task.function, id = task.entry.id, bytes](const AttemptResult& result) {
          std::lock_guard lock(mutex_);
          schedule_.ended(function, id, *bytes, result);
          one_less_in_flight();
        });
  }

  // The last thing under the lock: once nothing is in flight the destructor may go on.
  void one_less_in_flight() {
    one_is_runnable();
    changed_.notify_all();
    if (schedule_.in_flight() == 0) idle_.notify_all();
  }

  // The first so many that wait for a function.
  Result<std::vector<DueEntry>> read_due(const FunctionName& function, std::size_t count) const {
    std::vector<DueEntry> entries;
    SX_TRY_AS(const auto page,
              parts_.state.scan(store::keys::due_of(parts_.scope, function), "", count));
    for (const auto& entry : page) {
      SX_TRY_AS(auto due, parse_due(entry.key));
      entries.push_back({due.when, std::move(due.id)});
    }
    return entries;
  }

  void refill(const FunctionName& function, const std::stop_token& stop) {
    const auto wanted = options_.window_items_max + options_.in_flight_max;
    auto entries = read_due(function, wanted);
    const bool all = entries && entries->size() < wanted;
    if (!entries) {
      log::error("cannot read waiting deliveries; trying again",
                 {{"function", function.text()}, {"error", entries.error().message}});
      parts_.clock.wait_until(parts_.clock.now() + kAgainAfterNotRead, stop);
    }
    std::lock_guard lock(mutex_);
    schedule_.refilled(function, std::move(entries).value_or(std::vector<DueEntry>{}), all);
    all_may_be_runnable();
    changed_.notify_all();
  }

  // Wakes a worker when the earliest waiting delivery becomes due. Sleeps for good while nothing
  // waits.
  void tick(const std::stop_token& stop) {
    name_this_thread("dispatch-timer");
    Time told = Time::min();  // the workers have looked for what is due up to here
    while (!stop.stop_requested()) {
      std::optional<Time> next;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, stop, [&] {
          // After the clock was set back, what had come before it is to come once more.
          next = schedule_.earliest_after(std::min(told, parts_.clock.now()));
          return next.has_value();
        });
      }
      if (next) wait_for(*next, stop);
      told = parts_.clock.now();
      wake_workers();
    }
  }

  void wake_workers() {
    {
      std::lock_guard lock(mutex_);  // a worker that has just looked is waiting by now
    }
    all_may_be_runnable();
  }

  void wait_for(Time when, const std::stop_token& stop) {
    // An earlier one may come in meanwhile; looking again twice a second is enough for retries, and
    // it happens only while something waits for its time.
    constexpr std::chrono::milliseconds kLookAgain{500};
    const auto until = std::min(when, parts_.clock.now() + Duration(kLookAgain));
    parts_.clock.wait_until(until, stop);
  }

  void wait_for_in_flight() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [&] { return schedule_.in_flight() == 0; });
  }

  const DispatcherParts parts_;
  const DispatcherOptions options_;
  Revisions revisions_;
  Attempts attempts_;

  mutable std::mutex mutex_;
  std::condition_variable_any runnable_;          // a worker may find something to do
  std::condition_variable_any runnable_outside_;  // one for attempts that wait for others
  std::condition_variable_any changed_;           // the earliest waiting delivery may be another
  std::condition_variable_any idle_;
  Schedule schedule_;

  std::stop_source ending_;
  std::vector<std::jthread> workers_;
  std::jthread timer_;
  store::ConfigurationStore::Listening listening_;
};

}  // namespace

Result<std::unique_ptr<Dispatcher>> Dispatcher::start(DispatcherParts parts,
                                                      DispatcherOptions options) {
  auto dispatcher = std::make_unique<PoolDispatcher>(std::move(parts), std::move(options));
  SX_TRY(dispatcher->load());
  dispatcher->start_threads();
  return dispatcher;
}

}  // namespace sextant::dispatch
