#pragma once
// What the node tells about itself: functions and their queues, deliveries and their outcomes.
// Served under /_sextant/.
#include "core/clock.h"
#include "core/id.h"
#include "dispatch/dispatcher.h"
#include "guard/operation.h"
#include "ports/state_store.h"
#include "store/configuration.h"

namespace sextant::services::node {

// All outlive the table.
struct NodeParts {
  Scope scope;
  const Clock& clock;
  const ports::StateStore& state;
  const store::ConfigurationStore& configuration;
  const dispatch::Dispatcher& dispatcher;
};

// GetStatus, ListFunctions, ListDeliveries, SummarizeDeliveries.
guard::OperationTable operations(NodeParts parts);

}  // namespace sextant::services::node
