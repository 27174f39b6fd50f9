#pragma once
// The node's operations, one function each.
#include "services/node/node_service.h"

namespace sextant::services::node {

Result<sdk::Output> get_status(const NodeParts& parts, const sdk::Input& input);
Result<sdk::Output> list_functions(const NodeParts& parts, const sdk::Input& input);
// One page of deliveries by id: parameters Outcome, Function, MaxItems, NextToken.
Result<sdk::Output> list_deliveries(const NodeParts& parts, const sdk::Input& input);
// How many there are of each outcome, and the rows they landed.
Result<sdk::Output> summarize_deliveries(const NodeParts& parts, const sdk::Input& input);

}  // namespace sextant::services::node
