#pragma once
// Tells which machine and container each end of an event was, as the inventory had it at the
// event's time (ts): sextant.source.asset.* and sextant.destination.asset.*; and of the machine
// that the log is of, by its interface or instance: cloud.instance.*, host.name, container.*,
// orchestrator.*. What is not known, or could be several, is null.
#include "sdk/function.h"

namespace sextant::intel {

extern const sdk::Function kInventoryEnricher;  // enrichers.inventory

}  // namespace sextant::intel
