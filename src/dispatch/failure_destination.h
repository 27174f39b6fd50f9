#pragma once
// Where deliveries go that could not be processed: Lambda's on-failure destination, an S3 bucket.
// Services implement it, so that dispatch need not know them.
#include <string>

#include "core/result.h"
#include "ports/commit.h"
#include "store/delivery.h"

namespace sextant::dispatch {

class FailureDestination {
 public:
  virtual ~FailureDestination() = default;
  // Adds to `batch` what stores `document` (JSON, at most 64 KiB) as object `key` of the bucket. It
  // causes no event of its own, so that a failing function cannot feed itself. Errors: NotFound (no
  // such bucket). Any thread.
  virtual Result<> add(ports::Batch& batch, const std::string& bucket, const std::string& key,
                       const std::string& document) = 0;
};

// The record as Lambda writes it for a failed asynchronous invocation, and the key it gives it.
// Source: docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html.
std::string failure_key(const store::Delivery& delivery, Time now);
std::string failure_document(const store::Delivery& delivery, const std::string& function_arn,
                             bool too_old, Time now);

}  // namespace sextant::dispatch
