#include "services/s3/failure_bucket.h"

#include "core/encoding.h"
#include "core/hash.h"
#include "core/random.h"
#include "services/s3/names.h"
#include "services/s3/records.h"
#include "store/bodies.h"
#include "store/keys.h"

namespace sextant::services::s3 {

Result<> FailureBucket::add(ports::Batch& batch, const std::string& bucket, const std::string& key,
                            const std::string& document) {
  SX_CHECK(document.size() <= store::kInlineBytesMax);
  const auto bucket_key = store::keys::bucket(scope_, BucketName(bucket));
  SX_TRY_AS(const auto found, state_.get(bucket_key));
  if (!found) return no_such_bucket(bucket);
  SX_TRY_AS(const auto bucket_record, store::decode_bucket(found->value));
  if (bucket_record.deleting) return no_such_bucket(bucket);
  const store::BodyRef ref{.id = random_hex(16), .is_inline = true, .size = document.size()};
  store::ObjectRecord record;
  record.size = document.size();
  record.etag = hex(hash(HashKind::Md5, document));
  record.modified = clock_.now();
  record.attributes.content_type = "application/json";
  record.body = {ref};
  const auto object_key = store::keys::object(scope_, BucketName(bucket), key);
  batch.conditions.push_back({bucket_key, found->version});
  batch.conditions.push_back({object_key, std::nullopt});
  batch.puts.push_back({object_key, store::encode(record)});
  store::BodyStore::add(batch, {ref, document}, store::keys::object_referrer(bucket, key));
  return {};
}

}  // namespace sextant::services::s3
