#pragma once
// Amazon S3: buckets and objects, as docs.aws.amazon.com/AmazonS3/latest/API describes them. Each
// operation is a row of operations(); its parameters and results carry the API's own member names.
// The change of an object, its events' deliveries and the audit record are one commit.
#include <atomic>
#include <memory>

#include "core/clock.h"
#include "core/id.h"
#include "core/metrics.h"
#include "guard/gate.h"
#include "guard/operation.h"
#include "patterns/event/bucket_events.h"
#include "ports/commit.h"
#include "ports/state_store.h"
#include "sdk/service_caller.h"
#include "store/bodies.h"
#include "store/s3_records.h"

namespace sextant::services::s3 {

// What all operations work with; everything outlives the service.
struct S3Parts {
  Scope scope;
  const Clock& clock;
  ports::CommitLog& log;
  const ports::StateStore& state;
  store::BodyStore& bodies;
  const patterns::event::BucketEvents& events;
};

// Increases with every call on this node: orders the versions of a key, and names a bucket event.
class Sequencer {
 public:
  std::string next(Time now);  // 16 hex digits

 private:
  std::atomic<std::uint64_t> last_ = 0;
};

struct S3Context {
  S3Parts parts;
  Sequencer sequencer;
};

using PermitPtr = std::shared_ptr<guard::Permit>;

// `parts` as above. A bucket whose deletion a crash cut short is whole again. Errors: Corrupt,
// Unavailable.
Result<std::shared_ptr<S3Context>> open(S3Parts parts);
// The table keeps what it needs alive.
guard::OperationTable operations(const std::shared_ptr<S3Context>& s3);
Result<guard::OperationTable> operations(S3Parts parts);  // of a context of its own

}  // namespace sextant::services::s3
