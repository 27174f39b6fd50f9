#pragma once
// What a bucket holds already, so that an ingest need not ask for every file by itself.
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "cli/ingest_plan.h"
#include "cli/node_client.h"
#include "core/result.h"

namespace sextant::cli {

// Those keys of the plan, which is in order of keys, that the bucket has, with whatever bytes.
// nullopt: the caller may not list the bucket. Errors: as NodeClient::call.
Result<std::optional<std::unordered_set<std::string>>> keys_there(
    NodeClient& client, const std::string& bucket, const std::vector<PlannedFile>& plan);

}  // namespace sextant::cli
