#pragma once
// `parsers.inventory`: what AWS's command line answers about machines and containers
// (InventoryCutter says which answers), as rows of the table `inventory` and as snapshots of the
// inventory that enrichers ask. A snapshot is what one object has of one type; its series are the
// objects of one folder, its time stands in the object's name, or is when it arrived.
#include <optional>
#include <string_view>

#include "sdk/function.h"

namespace sextant::intel {

extern const sdk::Function kInventoryParser;

// The last time in a name, in one of the forms 20260702T222300Z and 2026-07-02T22:23:00Z (also with
// hyphens for colons).
std::optional<Time> time_in_name(std::string_view name);

}  // namespace sextant::intel
