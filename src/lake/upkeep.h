#pragma once
// What the lake does by itself, in the background: merges small files, lets go of partitions that
// are older than their table keeps its rows, and removes files that left their tables. One thread,
// which goes last and rests after each piece of work for a multiple of the time that it computed;
// asleep when nothing is due.
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "core/id.h"
#include "core/metrics.h"
#include "lake/delta_publisher.h"
#include "lake/manifest.h"
#include "lake/merge_queue.h"
#include "lake/removed_files.h"
#include "ports/commit.h"
#include "ports/lake_files.h"

namespace sextant::lake {

struct UpkeepOptions {
  MergeLimits merge = {};
  Duration readers_window = kReadersWindow;  // of whoever reads by the Delta log
  int rest_ratio = 3;                        // so about a quarter of one core
};

// What a table's owner asks of it.
struct TablePolicy {
  std::optional<std::chrono::days> kept = std::nullopt;  // nullopt: for good
  // Columns that name an event: merges keep one of rows that are alike in them. Empty: all rows.
  std::vector<std::string> unique = {};
};

// All outlive it.
struct UpkeepParts {
  Scope scope;
  Clock& clock;
  ports::CommitLog& log;
  ports::LakeFiles& files;
  Manifest& manifest;
  DeltaPublisher& delta;
  std::function<std::map<TableName, TablePolicy>()> policies;  // of those that have one
  // Work was done, and memory used. Short; any thread.
  std::function<void()> on_work;
  metrics::Registry& metrics;
};

class Upkeep {
 public:
  // Looks at what is in the lake, and follows what comes. Nothing happens before start() or step().
  static std::unique_ptr<Upkeep> open(UpkeepParts parts, UpkeepOptions options = {});
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;
  ~Upkeep();  // ends what is under way

  void start();  // once
  // Does one thing that is due; false when nothing is. Not beside a started thread, and not on the
  // committer's. Errors: those of the stores; what failed is tried again later.
  Result<bool> step();
  // The policies may have changed. Any thread.
  void policies_changed();

 private:
  Upkeep(UpkeepParts parts, const UpkeepOptions& options);
  void open_queue();
  void changed(const TableChange& change);
  Result<> look_at(const Partition& partition);
  Result<bool> merge(const Partition& partition, std::vector<StoredFile> chosen);
  void count(const TableChange& merge);
  Result<> expire();
  Result<> expire(const TableName& table, std::chrono::days kept);
  Result<> expire(const TableName& table, const std::vector<std::string>& folders, Time before);
  Result<> commit(const TableChange& change);
  void expire_at(Time when);
  std::optional<Time> expiry_due();
  std::optional<Time> next_due();
  void run(const std::stop_token& stop);
  void sleep(const std::stop_token& stop);

  const UpkeepParts parts_;
  const UpkeepOptions options_;
  metrics::Counter& merges_;
  metrics::Counter& merged_files_;
  metrics::Counter& merged_bytes_;
  metrics::Counter& expired_rows_;
  metrics::Counter& failures_;
  metrics::Gauge& waiting_;
  RemovedFiles removed_;

  std::mutex mutex_;  // guards what follows
  MergeQueue queue_;
  std::optional<Time> expiry_due_;
  bool is_changed_ = false;
  std::stop_source wake_;

  std::stop_source ending_;
  Manifest::ListenerId listener_ = 0;
  std::jthread thread_;
};

}  // namespace sextant::lake
