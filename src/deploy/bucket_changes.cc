#include "deploy/bucket_changes.h"

#include <utility>

#include "core/log.h"
#include "store/keys.h"
#include "store/s3_records.h"

namespace sextant::deploy {
namespace {

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
  SX_TRY_AS(const auto objects, parts.state.scan(store::keys::objects(parts.scope, name), "", 1));
  SX_TRY_AS(const auto uploads, parts.state.scan(store::keys::uploads(parts.scope, name), "", 1));
  if (objects.empty() && uploads.empty()) return {};
  return fail(Code::Invalid,
              "bucket '" + name.text() +
                  "' has objects and is not removed; empty it first, or deploy it with "
                  "'DeletionPolicy: Retain' before",
              "ValidationError");
}

BucketRemoval::~BucketRemoval() {
  for (const auto& marked : marked_) {
    ports::Batch batch;
    batch.conditions.push_back({marked.key, marked.version});
    batch.puts.push_back({marked.key, marked.value});
    if (auto done = ports::commit(parts_.log, std::move(batch)); !done)
      log::warn("a bucket stays closed until the next start",
                {{"key", marked.key}, {"error", done.error().message}});
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
  record.deleting = true;
  ports::Batch mark;
  mark.conditions.push_back({key, entry->version});
  mark.puts.push_back({key, store::encode(record)});
  SX_TRY_AS(const auto committed, ports::commit(parts_.log, std::move(mark)));
  marked_.push_back({.key = key, .value = entry->value, .version = committed.version});
  SX_TRY(check_empty(parts_, bucket.name));
  batch.conditions.push_back({key, committed.version});
  batch.erases.push_back(key);
  return {};
}

Result<> add_bucket(const DeployParts& parts, const std::string& stack, const BucketName& name,
                    ports::Batch& batch) {
  const auto key = store::keys::bucket(parts.scope, name);
  SX_TRY_AS(const auto entry, parts.state.get(key));
  if (entry) {
    return fail(Code::Invalid,
                "bucket '" + name.text() + "' already exists; choose another name, or remove it",
                "ValidationError");
  }
  batch.conditions.push_back({key, std::nullopt});
  batch.puts.push_back(
      {key,
       store::encode(store::BucketRecord{
           .name = name.text(), .created = parts.clock.now(), .deleting = false, .app = stack})});
  return {};
}

}  // namespace sextant::deploy
