#pragma once
// The buckets that a deploy makes and removes. A bucket with objects is never removed
// (store/bucket_mark.h); S3 takes marks off at start after a crash.
#include <string>
#include <vector>

#include "core/result.h"
#include "deploy/deployer.h"
#include "ports/commit.h"
#include "store/bucket_mark.h"

namespace sextant::deploy {

// Which buckets: `before` and `after` are the stack's app, an empty one where there is none.
std::vector<const model::Bucket*> removed_buckets(const model::App& before,
                                                  const model::App& after);
std::vector<const model::Bucket*> added_buckets(const model::App& before, const model::App& after);

// Invalid ("ValidationError") when it has objects or unfinished uploads; fine when there is no such
// bucket.
Result<> check_empty(const DeployParts& parts, const BucketName& name);

// Marks the buckets that go. Destroyed before keep(): takes the marks off again.
class BucketRemoval {
 public:
  explicit BucketRemoval(const DeployParts& parts) : parts_(parts) {}
  BucketRemoval(const BucketRemoval&) = delete;
  BucketRemoval& operator=(const BucketRemoval&) = delete;
  ~BucketRemoval();

  // A retained bucket stays and belongs to nobody; another is marked, and erased by the batch if
  // empty. Blocks until the mark is durable. Errors: as check_empty and store::mark_bucket.
  Result<> remove(const model::Bucket& bucket, ports::Batch& batch);
  void keep() { marked_.clear(); }  // the batch is committed

 private:
  const DeployParts& parts_;
  std::vector<store::MarkedBucket> marked_;
};

// Puts a new bucket into the batch. Invalid ("ValidationError") when there is one of that name.
Result<> add_bucket(const DeployParts& parts, const std::string& stack, const BucketName& name,
                    ports::Batch& batch);

}  // namespace sextant::deploy
