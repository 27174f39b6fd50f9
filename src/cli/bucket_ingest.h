#pragma once
// The objects of a bucket elsewhere into a bucket of the node: page by page, several at a time, in
// bounded memory however many there are.
#include <stop_token>

#include "cli/ingest_run.h"
#include "cli/s3_listing.h"

namespace sextant::cli {

// As ingest_files(). Errors: a page that cannot be read, of either side; what was begun before is
// done then.
Result<> ingest_bucket(const IngestOptions& options, const S3Location& location,
                       const AwsClient::Credentials& credentials, IngestTotals& totals,
                       std::stop_token stop);

}  // namespace sextant::cli
