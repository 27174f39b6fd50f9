#pragma once
// Keeps the inventory: snapshots enter it in the commit that lands their rows, and are taken into
// their series when next somebody asks, or the next snapshot comes, or the node starts. So nothing
// runs at rest, and who asks after a snapshot has landed sees it.
#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "core/clock.h"
#include "core/guarded.h"
#include "core/id.h"
#include "core/metrics.h"
#include "dispatch/inventory_keeper.h"
#include "ports/commit.h"
#include "ports/state_store.h"
#include "services/inventory/timeline.h"

namespace sextant::services::inventory {

struct InventoryParts {  // all outlive it
  Scope scope;
  const Clock& clock;
  ports::CommitLog& log;
  const ports::StateStore& state;
  metrics::Registry& metrics;
};

struct InventoryLimits {
  std::size_t snapshot_bytes_max = 16u << 20;  // of one object's snapshots, as stored
  // Of all series, as stored: about 200,000 versions of things, and 250 MiB of memory. Beyond, the
  // largest series forget what ended first; what there is now and is too much by itself stays out.
  std::size_t bytes_max = 64u << 20;
  TimelineLimits timeline = {};
};

class Inventory final : public dispatch::InventoryKeeper {
 public:
  // With everything that was taken before. What waits and cannot be taken in, of a nearly full disk
  // say, is logged and tried again later. Errors: Corrupt, Unavailable.
  static Result<std::unique_ptr<Inventory>> open(InventoryParts parts, InventoryLimits limits = {});

  void add(ports::Batch& batch, std::span<const sdk::InventorySnapshot> snapshots) override;
  void added() override { dirty_ = true; }
  // After an error of the store: as it was before, and the log says so.
  std::shared_ptr<const sdk::Inventory> current() override;

 private:
  Inventory(InventoryParts parts, InventoryLimits limits);

  // Under folding_.
  struct Waiting {
    std::vector<std::string> keys;
    sdk::InventorySnapshot snapshot;
  };
  Result<> load();
  Result<> fold();
  Result<> fold_if_dirty();
  Result<bool> take_all();  // whether there was any
  Result<> take(const Waiting& waiting);
  void refuse(const sdk::InventorySnapshot& snapshot, std::string_view why);
  using Changes = std::map<std::string, Timeline>;  // by the series' hash: as they become
  Result<Changes> fit(const std::string& hash, Timeline after) const;
  Result<> leave_out(const Waiting& waiting, const std::string& hash, const Error& why);
  Result<> apply(Changes changes, const std::string& last, const Waiting& waiting);
  Result<> drop(const Waiting& waiting);
  Result<> store(const std::string& series, std::vector<std::string> folded);
  std::size_t bytes() const;
  void compile();

  const InventoryParts parts_;
  const InventoryLimits limits_;
  std::atomic<bool> dirty_ = true;
  std::mutex folding_;
  bool loaded_ = false;
  bool compiled_ = false;
  Time not_before_ = Time::min();  // after an error
  struct Series {
    Timeline timeline;
    std::size_t parts = 0;  // as stored
  };
  std::map<std::string, Series> series_;
  Guarded<std::shared_ptr<const sdk::Inventory>> current_;
  metrics::Counter& taken_;
  metrics::Counter& refused_;
  metrics::Gauge& things_;
  metrics::Gauge& versions_;
  metrics::Gauge& stored_bytes_;
};

}  // namespace sextant::services::inventory
