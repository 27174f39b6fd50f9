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
#include "dispatch/rate.h"
#include "dispatch/revisions.h"
#include "store/keys.h"

namespace sextant::dispatch {
namespace {

constexpr std::chrono::seconds kAgainAfterNotCommitted{1};

// One function's waiting deliveries and what it has done since the node started.
struct Lane {
  explicit Lane(std::size_t window_items_max) : window(window_items_max) {}
  DueWindow window;
  // A delivery may be found and end before its wake() has counted it: below zero for a moment.
  std::int64_t pending = 0;
  FunctionStatus status;
  mutable Rate rows_lately;
  metrics::Counter* succeeded = nullptr;
  metrics::Counter* failed = nullptr;
  metrics::Counter* retried = nullptr;
  metrics::Counter* rows = nullptr;
  metrics::Counter* malformed = nullptr;
  metrics::Histogram* wait = nullptr;      // created -> first attempt begins
  metrics::Histogram* duration = nullptr;  // attempt begins -> committed
};

class PoolDispatcher final : public Dispatcher {
 public:
  PoolDispatcher(DispatcherParts parts, DispatcherOptions options)
      : parts_(std::move(parts)),
        options_(std::move(options)),
        revisions_(parts_.scope, parts_.clock, parts_.configuration, parts_.catalogue,
                   options_.data_folder, parts_.log, parts_.state),
        attempts_(parts_, options_, revisions_) {
    parts_.metrics.callback("sextant_deliveries_pending", "Deliveries waiting or in flight",
                            [this] { return static_cast<double>(pending_total_.load()); });
  }

  ~PoolDispatcher() override {
    drain(std::chrono::seconds(0));
    wait_for_in_flight();
  }

  Result<> load() {
    const auto prefix = store::keys::due_all(parts_.scope);
    SX_TRY(ports::for_each(parts_.state, prefix, [&](const ports::Entry& entry) -> Result<> {
      const auto rest = std::string_view(entry.key).substr(prefix.size());
      std::lock_guard lock(mutex_);
      auto& lane = lane_of(FunctionName(std::string(rest.substr(0, rest.find('/')))));
      lane.window.add(entry_of(rest));
      ++lane.pending;
      ++pending_total_;
      return {};
    }));
    return {};
  }

  void start_threads() {
    for (int i = 0; i < options_.worker_threads; ++i) {
      workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }
    timer_ = std::jthread([this](const std::stop_token& stop) { tick(stop); });
  }

  Result<> add(ports::Batch& batch, const store::Delivery& delivery) override {
    if (pending_total_.load() >= static_cast<std::int64_t>(options_.pending_max)) {
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
      auto& lane = lane_of(delivery.function);
      lane.window.add({delivery.due, delivery.id});
      ++lane.pending;
    }
    ++pending_total_;
    runnable_.notify_one();
  }

  bool drain(std::chrono::seconds longest) override {
    for (auto& worker : workers_) worker.request_stop();
    timer_.request_stop();
    runnable_.notify_all();
    std::unique_lock lock(mutex_);
    return idle_.wait_for(lock, longest, [&] { return in_flight_ == 0; });
  }

  std::vector<FunctionStatus> status() const override {
    std::vector<FunctionStatus> all;
    const auto now = parts_.clock.now();
    std::lock_guard lock(mutex_);
    for (const auto& [name, lane] : lanes_) {
      all.push_back(lane.status);
      all.back().pending = static_cast<std::uint64_t>(std::max<std::int64_t>(lane.pending, 0));
      auto& told = all.back();
      told.in_flight = lane.window.in_flight();
      told.rows_per_second = lane.rows_lately.per_second(now);
      const auto next = lane.window.next();
      if (next && *next < now) told.lag = std::chrono::floor<std::chrono::seconds>(now - *next);
      told.revision = revisions_.newest_id(name);
    }
    return all;
  }

 private:
  struct Task {
    FunctionName function;
    std::optional<DueEntry> entry;  // nullopt: refill this function's window
  };

  // "<function>/<8 bytes of time><id>", as keys::due makes it.
  static DueEntry entry_of(std::string_view rest) {
    rest.remove_prefix(rest.find('/') + 1);
    std::uint64_t micros = 0;
    for (const char c : rest.substr(0, 8)) micros = micros << 8 | static_cast<std::uint8_t>(c);
    return {Time(Duration(static_cast<std::int64_t>(micros))),
            DeliveryId(std::string(rest.substr(8)))};
  }

  Lane& lane_of(const FunctionName& function) {
    auto [found, added] = lanes_.try_emplace(function, options_.window_items_max);
    auto& lane = found->second;
    if (added) {
      lane.status.function = function;
      auto& metrics = parts_.metrics;
      const auto counter = [&](const char* outcome) {
        return &metrics.counter("sextant_delivery_attempts_total",
                                "Ended attempts, by how they ended",
                                {{"function", function.text()}, {"end", outcome}});
      };
      lane.succeeded = counter("succeeded");
      lane.failed = counter("failed");
      lane.retried = counter("retried");
      lane.rows = &metrics.counter("sextant_rows_landed_total", "Rows landed in the lake",
                                   {{"function", function.text()}});
      lane.malformed = &metrics.counter("sextant_rows_malformed_total", "Lines kept as malformed",
                                        {{"function", function.text()}});
      lane.wait =
          &metrics.histogram("sextant_delivery_wait_seconds", "From the event to its first attempt",
                             {{"function", function.text()}});
      lane.duration =
          &metrics.histogram("sextant_attempt_seconds", "From an attempt's beginning to its commit",
                             {{"function", function.text()}});
    }
    return lane;
  }

  std::size_t concurrency_of(const FunctionName& function) const {
    const auto configuration = parts_.configuration.current();
    const auto found = configuration->functions.find(function);
    const auto reserved =
        found == configuration->functions.end() ? std::nullopt : found->second.reserved_concurrency;
    return reserved ? static_cast<std::size_t>(*reserved) : options_.in_flight_max;
  }

  bool has_room() const {
    return in_flight_ < options_.in_flight_max && landing_bytes_ < options_.landing_bytes_max;
  }

  // Under the lock. Functions take turns: the search begins behind the one served last.
  std::optional<Task> next_task() {
    if (lanes_.empty()) return std::nullopt;
    auto lane = lanes_.upper_bound(served_last_);
    for (std::size_t i = 0; i < lanes_.size(); ++i, ++lane) {
      if (lane == lanes_.end()) lane = lanes_.begin();
      auto& window = lane->second.window;
      if (window.needs_refill()) {
        window.begin_refill();
        return Task{lane->first, std::nullopt};
      }
      if (!has_room() || window.in_flight() >= concurrency_of(lane->first)) continue;
      if (auto entry = window.take(parts_.clock.now())) {
        served_last_ = lane->first;
        ++in_flight_;
        return Task{lane->first, std::move(entry)};
      }
    }
    return std::nullopt;
  }

  void work(const std::stop_token& stop) {
    name_this_thread("function");
    for (;;) {
      std::optional<Task> task;
      {
        std::unique_lock lock(mutex_);
        runnable_.wait(lock, stop, [&] {
          if (!stop.stop_requested()) task = next_task();
          return task.has_value();
        });
      }
      if (!task) return;
      changed_.notify_all();  // the earliest waiting one may be another now
      if (task->entry) {
        attempt(task->function, *task->entry);
      } else {
        refill(task->function, stop);
      }
    }
  }

  void attempt(const FunctionName& function, const DueEntry& entry) {
    auto bytes = std::make_shared<std::uint64_t>(0);
    attempts_.run(
        entry,
        [this, bytes](std::uint64_t landing_bytes) {
          *bytes = landing_bytes;
          std::lock_guard lock(mutex_);
          landing_bytes_ += landing_bytes;
        },
        [this, function, entry, bytes](const AttemptResult& result) {
          ended(function, entry, *bytes, result);
        });
  }

  void ended(const FunctionName& function, const DueEntry& entry, std::uint64_t landing_bytes,
             const AttemptResult& result) {
    std::lock_guard lock(mutex_);
    auto& lane = lane_of(function);
    lane.window.finished(entry.id);
    landing_bytes_ -= landing_bytes;
    --in_flight_;
    switch (result.end) {
      case AttemptEnd::Ended:
        count_end(lane, result.delivery, parts_.clock.now());
        in_doubt_.erase(entry.id);
        no_longer_pending(lane);
        break;
      case AttemptEnd::Gone:
        // Whoever ended it has counted it, unless that was an attempt that never heard of it.
        if (in_doubt_.erase(entry.id) > 0) no_longer_pending(lane);
        break;
      case AttemptEnd::Retried:
        in_doubt_.erase(entry.id);
        ++lane.status.retried;
        lane.retried->add();
        lane.window.add(*result.next);
        break;
      case AttemptEnd::InDoubt: in_doubt_.insert(entry.id); [[fallthrough]];
      case AttemptEnd::NotCommitted:
        lane.window.add({parts_.clock.now() + kAgainAfterNotCommitted, entry.id});
        break;
    }
    // Under the lock: after in_flight_ is zero the destructor may go on.
    runnable_.notify_one();
    changed_.notify_all();
    if (in_flight_ == 0) idle_.notify_all();
  }

  void no_longer_pending(Lane& lane) {
    --lane.pending;
    --pending_total_;
  }

  static void count_end(Lane& lane, const store::Delivery& delivery, Time now) {
    const bool good = delivery.outcome == store::OutcomeKind::Succeeded;
    ++(good ? lane.status.succeeded : lane.status.failed);
    (good ? lane.succeeded : lane.failed)->add();
    lane.status.rows_landed += delivery.rows_landed;
    lane.status.rows_malformed += delivery.rows_malformed;
    lane.rows_lately.add(delivery.rows_landed + delivery.rows_malformed, now);
    lane.rows->add(delivery.rows_landed);
    lane.malformed->add(delivery.rows_malformed);
    const auto seconds = [](Duration span) { return std::chrono::duration<double>(span).count(); };
    if (!delivery.started || !delivery.ended) return;
    if (delivery.attempts == 1) lane.wait->observe(seconds(*delivery.started - delivery.created));
    lane.duration->observe(seconds(*delivery.ended - *delivery.started));
  }

  void refill(const FunctionName& function, const std::stop_token& stop) {
    const auto prefix = store::keys::due_of(parts_.scope, function);
    const auto base = store::keys::due_all(parts_.scope).size();
    const auto wanted = options_.window_items_max + options_.in_flight_max;
    auto page = parts_.state.scan(prefix, "", wanted);
    std::vector<DueEntry> entries;
    if (!page) {
      log::error("cannot read waiting deliveries; trying again",
                 {{"function", function.text()}, {"error", page.error().message}});
      parts_.clock.wait_until(parts_.clock.now() + kAgainAfterNotCommitted, stop);
    } else {
      for (const auto& entry : *page)
        entries.push_back(entry_of(std::string_view(entry.key).substr(base)));
    }
    std::lock_guard lock(mutex_);
    lane_of(function).window.end_refill(entries, page && page->size() < wanted);
    runnable_.notify_all();
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
          next = earliest_after(told);
          return next.has_value();
        });
      }
      if (next) wait_for(*next, stop);
      told = parts_.clock.now();
      {
        std::lock_guard lock(mutex_);  // a worker that has just looked is waiting by now
      }
      runnable_.notify_all();
    }
  }

  std::optional<Time> earliest_after(Time told) const {
    std::optional<Time> earliest;
    for (const auto& [name, lane] : lanes_) {
      const auto next = lane.window.next();
      if (next && *next > told && (!earliest || *next < *earliest)) earliest = next;
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
  std::condition_variable_any runnable_;  // a worker may find something to do
  std::condition_variable_any changed_;   // the earliest waiting delivery may be another
  std::condition_variable_any idle_;
  std::map<FunctionName, Lane> lanes_;
  FunctionName served_last_;
  std::size_t in_flight_ = 0;
  std::uint64_t landing_bytes_ = 0;
  std::atomic<std::int64_t> pending_total_ = 0;
  // Deliveries whose last attempt's commit was not confirmed; as many as could not be recorded.
  std::unordered_set<DeliveryId> in_doubt_;

  std::vector<std::jthread> workers_;
  std::jthread timer_;
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
