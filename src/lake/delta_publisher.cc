#include "lake/delta_publisher.h"

#include <map>
#include <utility>

#include "core/log.h"
#include "core/thread_name.h"

namespace sextant::lake {
namespace {

constexpr Duration kLong = std::chrono::hours(24 * 365);

}  // namespace

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
  std::lock_guard lock(mutex_);
  changed_tables_.insert(table);
  wake_.request_stop();
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

// Until a table changes, or `until`.
void DeltaPublisher::sleep(const std::stop_token& stop, std::optional<Time> until) {
  std::stop_source wake;
  {
    std::lock_guard lock(mutex_);
    if (!changed_tables_.empty()) return;
    wake_ = wake;
  }
  const std::stop_callback on_stop(stop, [&] { wake.request_stop(); });
  parts_.clock.wait_until(until.value_or(parts_.clock.now() + kLong), wake.get_token());
}

void DeltaPublisher::try_to_publish(const TableName& table, DeltaRetries& retries) {
  const auto published = publish(table);
  if (published) return retries.published(table);
  failures_.add();
  const auto& reason = published.error().message;
  if (!retries.failed(table, reason, parts_.clock.now())) return;
  log::warn("Delta log not published; it is tried again, after longer and longer waits",
            {{"table", table.text()}, {"reason", reason}});
}

void DeltaPublisher::run(const std::stop_token& stop) {
  name_this_thread("lake-delta");
  DeltaRetries retries;
  while (true) {
    sleep(stop, retries.next_due());
    if (stop.stop_requested()) return;
    const auto now = parts_.clock.now();
    auto tables = take_changed();
    std::erase_if(tables, [&](const auto& table) { return retries.rests(table, now); });
    tables.merge(retries.due(now));
    for (const auto& table : tables) try_to_publish(table, retries);
    parts_.clock.wait_until(parts_.clock.now() + interval_, stop);
  }
}

}  // namespace sextant::lake
