#pragma once
// Files that left their table: removed from the disk when no query holds them and readers outside
// have had their time, counted from when the Delta log said that they are gone.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/metrics.h"
#include "lake/delta_publisher.h"
#include "lake/manifest.h"
#include "ports/commit.h"
#include "ports/lake_files.h"

namespace sextant::lake {

// All outlive it.
struct RemovedFilesParts {
  Scope scope;
  const Clock& clock;
  ports::CommitLog& log;
  ports::LakeFiles& files;
  Manifest& manifest;
  DeltaPublisher& delta;
  metrics::Registry& metrics;
};

// One thread at a time, and not the committer's.
class RemovedFiles {
 public:
  RemovedFiles(RemovedFilesParts parts, Duration readers_window);

  // Before the first step: whether files are waiting from before, and readers of them too.
  void open();
  // Files left the table, or perhaps they did: tells the Delta log.
  void left(const TableName& table);
  // Removes what is due. Errors: Unavailable, Corrupt; the next call tries again.
  Result<> step();
  // When a step has something to do, as far as is known now.
  std::optional<Time> next_due() const { return next_due_; }

 private:
  Result<> step(const TableName& table);
  bool is_told(const TableName& table);
  void wake_at(Time when);
  Result<> forget(const TableName& table, const std::vector<std::string>& paths);

  const RemovedFilesParts parts_;
  const Duration window_;
  metrics::Counter& removed_;
  std::set<TableName> untold_;            // the Delta log may not have said so yet
  std::map<TableName, Time> told_since_;  // for those where that took its time
  std::optional<Time> next_due_;
};

}  // namespace sextant::lake
