#include "lake/delta_publisher.h"

#include <map>
#include <utility>

#include "core/log.h"
#include "core/thread_name.h"

namespace sextant::lake {

DeltaPublisher::DeltaPublisher(DeltaParts parts, metrics::Registry& metrics,
                               std::chrono::milliseconds interval)
    : parts_(std::move(parts)),
      interval_(interval),
      versions_(
          metrics.counter("sextant_lake_delta_versions_total", "Versions published in Delta logs")),
      failures_(metrics.counter("sextant_lake_delta_failures_total",
                                "Attempts to publish a Delta version that failed")) {}

std::unique_ptr<DeltaPublisher> DeltaPublisher::start(DeltaParts parts, metrics::Registry& metrics,
                                                      std::chrono::milliseconds interval) {
  std::unique_ptr<DeltaPublisher> publisher(
      new DeltaPublisher(std::move(parts), metrics, interval));
  auto* const self = publisher.get();
  self->listener_ = self->parts_.manifest.on_change(
      [self](const TableChange& change) { self->changed(change.table); });
  for (const auto& table : self->parts_.manifest.names()) self->changed(table);
  self->thread_ = std::jthread([self](const std::stop_token& stop) { self->run(stop); });
  return publisher;
}

DeltaPublisher::~DeltaPublisher() {
  parts_.manifest.stop_telling(listener_);
  thread_.request_stop();
  thread_.join();
  if (const auto flushed = flush(); !flushed) {
    log::warn("Delta logs will be published at the next start",
              {{"reason", flushed.error().message}});
  }
}

void DeltaPublisher::changed(const TableName& table) {
  {
    std::lock_guard lock(mutex_);
    changed_tables_.insert(table);
  }
  changed_.notify_all();
}

std::set<TableName> DeltaPublisher::take_changed() {
  std::lock_guard lock(mutex_);
  return std::exchange(changed_tables_, {});
}

Result<bool> DeltaPublisher::publish(const TableName& table) {
  // The logs' lock is this thread's against others that want it published now.
  return logs_.with([&](auto& logs) -> Result<bool> {
    auto& log = logs.try_emplace(table, parts_, table).first->second;
    for (bool any = false;; any = true) {
      SX_TRY_AS(const bool more, log.step());
      if (!more) return any;
      versions_.add();
    }
  });
}

Result<> DeltaPublisher::flush() {
  Result<> all;
  for (const auto& table : parts_.manifest.names()) {
    auto published = publish(table);  // one that fails does not stop the others
    if (!published && all) all = std::unexpected(std::move(published).error());
  }
  return all;
}

void DeltaPublisher::run(const std::stop_token& stop) {
  name_this_thread("lake-delta");
  std::map<TableName, std::string> told;  // what is wrong with a table is said once
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return !changed_tables_.empty(); })) return;
    }
    for (const auto& table : take_changed()) {
      const auto published = publish(table);
      if (published) {
        told.erase(table);
        continue;
      }
      failures_.add();
      const auto& reason = published.error().message;
      if (std::exchange(told[table], reason) != reason) {
        log::warn("Delta log not published; it is tried again every second",
                  {{"table", table.text()}, {"reason", reason}});
      }
      changed(table);
    }
    parts_.clock.wait_until(parts_.clock.now() + interval_, stop);
  }
}

}  // namespace sextant::lake
