#pragma once
// Where snapshots of the inventory go that functions hand over, and what functions ask of them all.
// Services implement it, so that dispatch need not know them.
#include <memory>
#include <span>

#include "ports/commit.h"
#include "sdk/inventory.h"

namespace sextant::dispatch {

class InventoryKeeper {
 public:
  virtual ~InventoryKeeper() = default;
  // Adds to `batch` what makes the snapshots part of the inventory; the same ones again change
  // nothing. One that is larger than an inventory takes stays out, which is counted and logged. Any
  // thread but the committer's.
  virtual void add(ports::Batch& batch, std::span<const sdk::InventorySnapshot> snapshots) = 0;
  // That batch is durable, or may be. Short; any thread, also the committer's.
  virtual void added() = 0;
  // With every snapshot of which added() was told. Never null; any thread but the committer's,
  // which may wait while new snapshots are taken in.
  virtual std::shared_ptr<const sdk::Inventory> current() = 0;
};

}  // namespace sextant::dispatch
