#pragma once
// Tables of the lake that the node itself lands in. No template declares them and no function lands
// in them, so what stands there is the node's word.
#include <map>
#include <string_view>

#include "core/id.h"
#include "model/app.h"
#include "store/configuration.h"

namespace sextant::store {

inline constexpr std::string_view kAuditTable = "sextant_audit";

// Those that are deployed, and the node's own.
std::map<TableName, model::Table> all_tables(const Configuration& configuration,
                                             const Scope& scope);

}  // namespace sextant::store
