#pragma once
// Keeps the Delta logs of all tables up to date, a moment behind the manifest: at once when a table
// was quiet, otherwise many commits in one version. A log that cannot be written is tried again
// after longer and longer waits (DeltaRetries).
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <thread>

#include "core/guarded.h"
#include "core/metrics.h"
#include "lake/delta_log.h"
#include "lake/delta_retries.h"

namespace sextant::lake {

class DeltaPublisher {
 public:
  // Begins with every table of the manifest. One for a manifest.
  static std::unique_ptr<DeltaPublisher> start(
      DeltaParts parts, metrics::Registry& metrics,
      std::chrono::milliseconds interval = std::chrono::seconds(1));
  DeltaPublisher(const DeltaPublisher&) = delete;
  DeltaPublisher& operator=(const DeltaPublisher&) = delete;
  ~DeltaPublisher();  // publishes what is there, then ends

  // Publishes everything that is committed. Any thread. Errors: as DeltaLog::step.
  Result<> flush();
  // The same for one table; false when there was nothing new.
  Result<bool> publish(const TableName& table);

 private:
  DeltaPublisher(DeltaParts parts, metrics::Registry& metrics, std::chrono::milliseconds interval);
  void changed(const TableName& table);
  std::set<TableName> take_changed();
  void sleep(const std::stop_token& stop, std::optional<Time> until);
  void try_to_publish(const TableName& table, DeltaRetries& retries);
  void run(const std::stop_token& stop);

  const DeltaParts parts_;
  const std::chrono::milliseconds interval_;
  metrics::Counter& versions_;
  metrics::Counter& failures_;
  std::mutex mutex_;  // guards the two below
  std::set<TableName> changed_tables_;
  std::stop_source wake_;
  Guarded<std::map<TableName, DeltaLog>> logs_;
  Manifest::ListenerId listener_ = 0;
  std::jthread thread_;
};

}  // namespace sextant::lake
