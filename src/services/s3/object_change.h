#pragma once
// The one way an object comes, changes or goes (failure documents apart, which start nothing and
// come with their delivery's outcome: failure_bucket.h): its record, its bytes' references, its
// events' deliveries and the audit record in one commit, tried again when somebody else changed the
// object at the same time.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "services/s3/s3_service.h"

namespace sextant::services::s3 {

struct Preconditions {
  std::string if_match;       // ETag, with or without quotes; "" when absent
  std::string if_none_match;  // "*" is the only form that writes know
};

struct ObjectChange {
  PermitPtr permit;
  std::string bucket;
  std::string key;
  std::optional<store::ObjectRecord> record;  // nullopt: the object goes
  std::optional<store::StagedBody> staged;    // new bytes of the record
  std::string event_name;                     // "ObjectCreated:Put"
  Preconditions preconditions;
  // More for the batch (a multipart upload's end), or why there is to be none. Runs at each try.
  std::function<Result<>(ports::Batch&)> extra = nullptr;
  std::vector<store::BodyRef> extra_released = {};  // bytes that `extra` released a reference of
  bool has_to_start_one = false;                    // a function; else patterns' kStartsNothing
};

// on_done runs once the change is durable, or with S3's error: PreconditionFailed, OperationAborted
// (too many others at the same key), SlowDown, NoSuchBucket, …
void commit_change(std::shared_ptr<S3Context> s3, ObjectChange change,
                   std::move_only_function<void(Result<>)> on_done);

}  // namespace sextant::services::s3
