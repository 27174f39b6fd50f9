#pragma once
// Follows a queue of S3 notifications: what they name goes into a bucket of the node, and only then
// the message is gone. At least once; an object that the node has is not copied again.
#include <stop_token>

#include "cli/ingest_run.h"

namespace sextant::cli {

// Until `stop`, or with until_empty until the queue has nothing more to give. What a message names
// is in `totals`; a message that is not understood, or whose objects cannot be copied, is a failure
// there and stays in the queue, for its redrive policy. While a side is busy or does not answer,
// nothing new is received and what is in hand is tried again (not with until_empty). Errors: the
// queue refuses; with until_empty also that it does not answer.
Result<> follow_queue(const IngestOptions& options, const AwsClient::Credentials& credentials,
                      IngestTotals& totals, std::stop_token stop);

}  // namespace sextant::cli
