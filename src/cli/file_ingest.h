#pragma once
// Files of this machine into a bucket of the node, several at a time.
#include <stop_token>
#include <vector>

#include "cli/ingest_plan.h"
#include "cli/ingest_run.h"

namespace sextant::cli {

// Returns when all of the plan is done, or no more is begun because of `stop`; what became of each
// file is in `totals`. Errors: the bucket cannot be listed.
Result<> ingest_files(const IngestOptions& options, std::vector<PlannedFile> plan,
                      IngestTotals& totals, std::stop_token stop);

}  // namespace sextant::cli
