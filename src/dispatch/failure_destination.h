#pragma once
// Where deliveries go that could not be processed: Lambda's on-failure destination. Services
// implement it, so that dispatch need not know them.
#include <string>

#include "core/result.h"
#include "ports/commit.h"
#include "store/delivery.h"

namespace sextant::dispatch {

class FailureDestination {
 public:
  virtual ~FailureDestination() = default;
  // Adds to `batch` what stores the record of the failed delivery at `arn` (a bucket's).
  // `function_arn` names the sender. Errors: NotFound (no such bucket), Invalid (not a
  // destination). Any thread.
  virtual Result<> add(ports::Batch& batch, const std::string& arn, const std::string& function_arn,
                       const store::Delivery& delivery) = 0;
};

}  // namespace sextant::dispatch
