#include "dispatch/dispatcher.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_set>
#include <utility>

#include "core/log.h"
#include "core/thread_name.h"
#include "dispatch/attempt.h"
#include "dispatch/due_window.h"
#include "dispatch/lane.h"
#include "dispatch/revisions.h"
#include "store/keys.h"

namespace sextant::dispatch {
namespace {

constexpr std::chrono::seconds kAgainAfterNotCommitted{1};

class PoolDispatcher final : public Dispatcher {
 public:
  PoolDispatcher(DispatcherParts parts, DispatcherOptions options)
      : parts_(std::move(parts)),
        options_(std::move(options)),
        revisions_(parts_.scope, parts_.clock, parts_.configuration, parts_.catalogue,
                   options_.data_folder, parts_.log, parts_.state),
        attempts_(parts_, options_, revisions_) {
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
      add_waiting(lane_of(due.function), {due.when, std::move(due.id)});
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
    const auto waiting = pending_total_.load() + unconfirmed_total_.load();
    if (waiting >= static_cast<std::int64_t>(options_.pending_max)) {
      return fail(Code::Exhausted,
                  "too many deliveries are waiting; please reduce your request rate", "SlowDown");
    }
    const auto key = store::keys::delivery(parts_.scope, delivery.id);
    batch.conditions.push_back({key, std::nullopt});
    batch.puts.push_back({key, store::encode(delivery)});
    batch.puts.push_back(
        {store::keys::due(parts_.scope, delivery.function, delivery.due, delivery.id), ""});
    store::BodyStore::refer(batch, delivery.event.body, "d/" + delivery.id.text());
    return {};
  }

  void wake(const store::Delivery& delivery) override {
    {
      std::lock_guard lock(mutex_);
      add_waiting(lane_of(delivery.function), {delivery.due, delivery.id});
      is_held_back(*lanes_.find(delivery.function), parts_.clock.now());
    }
    one_is_runnable();
    changed_.notify_all();
  }

  void wake_unconfirmed(const store::Delivery& delivery) override {
    std::lock_guard lock(mutex_);
    lane_of(delivery.function)
        .unconfirmed.insert({parts_.clock.now() + kAgainAfterNotCommitted, delivery.id});
    ++unconfirmed_total_;
    changed_.notify_all();
  }

  bool drain(std::chrono::seconds longest) override {
    for (auto& worker : workers_) worker.request_stop();
    timer_.request_stop();
    ending_.request_stop();
    all_may_be_runnable();
    std::unique_lock lock(mutex_);
    return idle_.wait_for(lock, longest, [&] { return in_flight_ == 0; });
  }

  std::vector<FunctionStatus> status() const override {
    std::vector<FunctionStatus> all;
    const auto now = parts_.clock.now();
    std::lock_guard lock(mutex_);
    for (const auto& [name, lane] : lanes_) {
      all.push_back(lane.status(now));
      all.back().revision = revisions_.newest_id(name);
    }
    return all;
  }

 private:
  // What a worker is for: attempts that compute, or those that wait for systems outside.
  enum class Work { Computing, Outside };

  struct Task {
    enum class Kind { Attempt, Refill, Confirm } kind;
    FunctionName function;
    DueEntry entry = {};     // not of a refill
    bool held_back = false;  // of an attempt: it waited for the function's concurrency
  };

  // Asked for when metrics are read.
  void add_metrics() {
    using metrics::Kind;
    using metrics::Sample;
    parts_.metrics.collect("sextant_deliveries_pending", "Deliveries waiting or in flight",
                           Kind::Gauge, [this]() -> std::vector<Sample> {
                             return {{.value = static_cast<double>(pending_total_.load())}};
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

  Lane& lane_of(const FunctionName& function) {
    const auto found = lanes_.find(function);
    if (found != lanes_.end()) return found->second;
    auto& lane = lanes_.try_emplace(function, function, options_.window_items_max, parts_.metrics)
                     .first->second;
    lane.waits_outside = waits_outside(function, *parts_.configuration.current());
    return lane;
  }

  bool waits_outside(const FunctionName& function,
                     const store::Configuration& configuration) const {
    const auto found = configuration.functions.find(function);
    return found != configuration.functions.end() &&
           runtime::native::waits_outside(parts_.catalogue, found->second.handler);
  }

  // Under the lock.
  void follow_configuration() {
    auto now = parts_.configuration.current();
    if (now == followed_) return;
    for (auto& [function, lane] : lanes_) lane.waits_outside = waits_outside(function, *now);
    followed_ = std::move(now);
  }

  std::size_t concurrency_of(const FunctionName& function, const Lane& lane) const {
    const auto configuration = parts_.configuration.current();
    const auto found = configuration->functions.find(function);
    const auto reserved =
        found == configuration->functions.end() ? std::nullopt : found->second.reserved_concurrency;
    const auto allowed = reserved ? static_cast<std::size_t>(*reserved) : options_.in_flight_max;
    return lane.waits_outside ? std::min(allowed, options_.outside_per_function_max) : allowed;
  }

  bool has_room() const {
    return in_flight_ < options_.in_flight_max && landing_bytes_ < options_.landing_bytes_max;
  }

  // Whether the function runs as often as it may; remembered when something waits for it.
  bool is_held_back(std::pair<const FunctionName, Lane>& lane, Time now) const {
    auto& [function, state] = lane;
    if (state.window.in_flight() < concurrency_of(function, state)) return false;
    if (const auto next = state.window.next(); next && *next <= now) state.held_back = now;
    return true;
  }

  // Under the lock. Functions take turns: the search begins behind the one served last.
  std::optional<Task> next_task(Work work) {
    if (lanes_.empty()) return std::nullopt;
    follow_configuration();
    auto lane = lanes_.upper_bound(served_last_);
    for (std::size_t i = 0; i < lanes_.size(); ++i, ++lane) {
      if (lane == lanes_.end()) lane = lanes_.begin();
      auto& window = lane->second.window;
      if (window.needs_refill()) {
        window.begin_refill();
        return Task{Task::Kind::Refill, lane->first};
      }
      if (!has_room()) continue;
      if (auto entry = take_unconfirmed(lane->second)) {
        ++in_flight_;
        return Task{Task::Kind::Confirm, lane->first, std::move(*entry)};
      }
      const auto now = parts_.clock.now();
      const bool is_ours = lane->second.waits_outside == (work == Work::Outside);
      if (is_held_back(*lane, now) || !is_ours) continue;
      if (auto entry = window.take(now)) {
        served_last_ = lane->first;
        ++in_flight_;
        const bool held_back = lane->second.held_back >= entry->when;
        return Task{Task::Kind::Attempt, lane->first, std::move(*entry), held_back};
      }
    }
    return std::nullopt;
  }

  std::optional<DueEntry> take_unconfirmed(Lane& lane) const {
    const auto first = lane.unconfirmed.begin();
    if (first == lane.unconfirmed.end() || first->when > parts_.clock.now()) return std::nullopt;
    return std::move(lane.unconfirmed.extract(first).value());
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
          if (!stop.stop_requested()) task = next_task(kind);
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
    const auto now = parts_.clock.now();
    std::lock_guard lock(mutex_);
    auto& lane = lane_of(function);
    if (!absent && absent.error().code != Code::Conflict) {
      lane.unconfirmed.insert({now + kAgainAfterNotCommitted, id});
    } else {
      --unconfirmed_total_;
      if (!absent) add_waiting(lane, {now, id});
    }
    one_less_in_flight();
  }

  void attempt(const Task& task) {
    auto bytes = std::make_shared<std::uint64_t>(0);
    attempts_.run(
        task.entry, task.held_back, ending_.get_token(),
        [this, bytes](std::uint64_t landing_bytes) {
          *bytes = landing_bytes;
          std::lock_guard lock(mutex_);
          landing_bytes_ += landing_bytes;
        },
        [this, function = task.function, entry = task.entry, bytes](const AttemptResult& result) {
          ended(function, entry, *bytes, result);
        });
  }

  void ended(const FunctionName& function, const DueEntry& entry, std::uint64_t landing_bytes,
             const AttemptResult& result) {
    std::lock_guard lock(mutex_);
    auto& lane = lane_of(function);
    lane.window.finished(entry.id);
    landing_bytes_ -= landing_bytes;
    switch (result.end) {
      case AttemptEnd::Ended:
        in_doubt_.erase(entry.id);
        no_longer_pending(lane, result.delivery);
        break;
      case AttemptEnd::Gone:
        // Whoever ended it has counted it, unless that was an attempt that never heard of it.
        if (in_doubt_.erase(entry.id) > 0) no_longer_pending(lane, result.delivery);
        break;
      case AttemptEnd::Retried:
        in_doubt_.erase(entry.id);
        lane.count_retry(result.delivery);
        lane.window.add(*result.next);
        break;
      case AttemptEnd::InDoubt: in_doubt_.insert(entry.id); [[fallthrough]];
      case AttemptEnd::NotCommitted:
        lane.window.add({parts_.clock.now() + kAgainAfterNotCommitted, entry.id});
        break;
    }
    one_less_in_flight();
  }

  // The last thing under the lock: after in_flight_ is zero the destructor may go on.
  void one_less_in_flight() {
    --in_flight_;
    one_is_runnable();
    changed_.notify_all();
    if (in_flight_ == 0) idle_.notify_all();
  }

  void add_waiting(Lane& lane, DueEntry entry) {
    lane.window.add(std::move(entry));
    ++lane.pending;
    ++pending_total_;
  }

  void no_longer_pending(Lane& lane, const store::Delivery& delivery) {
    lane.count_end(delivery, parts_.clock.now());
    --lane.pending;
    --pending_total_;
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
      parts_.clock.wait_until(parts_.clock.now() + kAgainAfterNotCommitted, stop);
    }
    std::lock_guard lock(mutex_);
    lane_of(function).window.end_refill(std::move(entries).value_or(std::vector<DueEntry>{}), all);
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
          next = earliest_after(std::min(told, parts_.clock.now()));
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

  std::optional<Time> earliest_after(Time told) const {
    std::optional<Time> earliest;
    for (const auto& [name, lane] : lanes_) {
      const auto next = lane.next_after(told);
      if (next && (!earliest || *next < *earliest)) earliest = next;
    }
    return earliest;
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
    idle_.wait(lock, [&] { return in_flight_ == 0; });
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
  std::map<FunctionName, Lane> lanes_;
  FunctionName served_last_;
  std::shared_ptr<const store::Configuration> followed_;  // which says what a lane's attempts need
  std::size_t in_flight_ = 0;
  std::uint64_t landing_bytes_ = 0;
  std::atomic<std::int64_t> pending_total_ = 0;
  std::atomic<std::int64_t> unconfirmed_total_ = 0;
  // Deliveries whose last attempt's commit was not confirmed; as many as could not be recorded.
  std::unordered_set<DeliveryId> in_doubt_;

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
