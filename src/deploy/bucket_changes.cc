#include "deploy/bucket_changes.h"

#include <utility>

#include "core/wait_for.h"
#include "deploy/stack_errors.h"
#include "store/keys.h"
#include "store/s3_records.h"

namespace sextant::deploy {
namespace {

store::BucketStore buckets_of(const DeployParts& parts) {
  return {.scope = parts.scope, .log = parts.log, .state = parts.state};
}

std::vector<const model::Bucket*> difference(const model::App& of, const model::App& without) {
  std::vector<const model::Bucket*> buckets;
  for (const auto& [name, bucket] : of.buckets) {
    if (!without.buckets.contains(name)) buckets.push_back(&bucket);
  }
  return buckets;
}

}  // namespace

std::vector<const model::Bucket*> removed_buckets(const model::App& before,
                                                  const model::App& after) {
  return difference(before, after);
}
std::vector<const model::Bucket*> added_buckets(const model::App& before, const model::App& after) {
  return difference(after, before);
}

Result<> check_empty(const DeployParts& parts, const BucketName& name) {
  SX_TRY_AS(const bool empty, store::is_empty(buckets_of(parts), name));
  if (empty) return {};
  return invalid("bucket '" + name.text() +
                 "' has objects and is not removed; empty it first, or deploy it with "
                 "'DeletionPolicy: Retain' before");
}

BucketRemoval::~BucketRemoval() {
  for (auto& marked : marked_) {
    wait_for<bool>([&](const auto& done) {
      store::unmark_bucket(buckets_of(parts_), std::move(marked), [done] { done(true); });
    });
  }
}

Result<> BucketRemoval::remove(const model::Bucket& bucket, ports::Batch& batch) {
  const auto key = store::keys::bucket(parts_.scope, bucket.name);
  SX_TRY_AS(const auto entry, parts_.state.get(key));
  if (!entry) return {};
  SX_TRY_AS(auto record, store::decode_bucket(entry->value));
  if (bucket.retained) {
    record.app.clear();
    batch.conditions.push_back({key, entry->version});
    batch.puts.push_back({key, store::encode(record)});
    return {};
  }
  SX_TRY_AS(auto marked, wait_for<Result<store::MarkedBucket>>([&](const auto& done) {
              store::mark_bucket(buckets_of(parts_), std::move(record), entry->version, done);
            }));
  marked_.push_back(std::move(marked));
  SX_TRY(check_empty(parts_, bucket.name));
  store::add_erase(parts_.scope, marked_.back(), batch);
  return {};
}

Result<> add_bucket(const DeployParts& parts, const std::string& stack, const BucketName& name,
                    ports::Batch& batch) {
  const auto key = store::keys::bucket(parts.scope, name);
  SX_TRY_AS(const auto entry, parts.state.get(key));
  if (entry) {
    return invalid("bucket '" + name.text() +
                   "' already exists; choose another name, or remove it");
  }
  batch.conditions.push_back({key, std::nullopt});
  batch.puts.push_back(
      {key,
       store::encode(store::BucketRecord{
           .name = name.text(), .created = parts.clock.now(), .deleting = false, .app = stack})});
  return {};
}

}  // namespace sextant::deploy
