#include "lake/delta_publisher.h"

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
  self->parts_.manifest.on_change([self](const TableName& table) { self->changed(table); });
  if (const auto tables = self->parts_.manifest.tables()) {
    for (const auto& table : *tables) self->changed(table.name);
  }
  self->thread_ = std::jthread([self](const std::stop_token& stop) { self->run(stop); });
  return publisher;
}

DeltaPublisher::~DeltaPublisher() {
  parts_.manifest.on_change(nullptr);
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

Result<> DeltaPublisher::publish(const TableName& table) {
  // The logs' lock is this thread's against flush(): nobody else waits for it.
  return logs_.with([&](auto& logs) -> Result<> {
    auto& log = logs.try_emplace(table, parts_, table).first->second;
    for (;;) {
      SX_TRY_AS(const bool more, log.step());
      if (!more) return {};
      versions_.add();
    }
  });
}

Result<> DeltaPublisher::flush() {
  SX_TRY_AS(const auto tables, parts_.manifest.tables());
  Result<> all;
  for (const auto& table : tables) {
    auto published = publish(table.name);  // one that fails does not stop the others
    if (!published && all) all = std::move(published);
  }
  return all;
}

void DeltaPublisher::run(const std::stop_token& stop) {
  name_this_thread("lake-delta");
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return !changed_tables_.empty(); })) return;
    }
    for (const auto& table : take_changed()) {
      const auto published = publish(table);
      if (published) continue;
      failures_.add();
      log::warn("Delta log not published; it is tried again",
                {{"table", table.text()}, {"reason", published.error().message}});
      changed(table);
    }
    parts_.clock.wait_until(parts_.clock.now() + interval_, stop);
  }
}

}  // namespace sextant::lake
