#include "services/s3/records.h"

#include <boost/json.hpp>

#include "core/json.h"
#include "services/s3/names.h"
#include "store/keys.h"

namespace sextant::services::s3 {

Result<Versioned<store::BucketRecord>> find_bucket(const S3Context& s3, const std::string& bucket) {
  SX_TRY_AS(const auto entry,
            s3.parts.state.get(store::keys::bucket(s3.parts.scope, BucketName(bucket))));
  if (!entry) return no_such_bucket(bucket);
  SX_TRY_AS(auto record, within("bucket '" + bucket + "'", store::decode_bucket(entry->value)));
  if (record.deleting) {
    return fail(Code::Conflict, "The bucket is being deleted", "OperationAborted");
  }
  return Versioned<store::BucketRecord>{std::move(record), entry->version};
}

Result<std::optional<Versioned<store::ObjectRecord>>> find_object(const S3Context& s3,
                                                                  const std::string& bucket,
                                                                  const std::string& key) {
  SX_TRY_AS(const auto entry,
            s3.parts.state.get(store::keys::object(s3.parts.scope, BucketName(bucket), key)));
  if (!entry) return std::nullopt;
  SX_TRY_AS(auto record,
            within("object '" + bucket + "/" + key + "'", store::decode_object(entry->value)));
  return Versioned<store::ObjectRecord>{std::move(record), entry->version};
}

Result<Versioned<store::UploadRecord>> find_upload(const S3Context& s3, const std::string& bucket,
                                                   const std::string& key,
                                                   const std::string& upload_id) {
  SX_TRY_AS(const auto entry,
            s3.parts.state.get(store::keys::upload(s3.parts.scope, BucketName(bucket), upload_id)));
  if (!entry) return no_such_upload(upload_id);
  SX_TRY_AS(auto record, within("upload '" + upload_id + "'", store::decode_upload(entry->value)));
  if (record.key != key) return no_such_upload(upload_id);
  return Versioned<store::UploadRecord>{std::move(record), entry->version};
}

std::string quoted(const std::string& etag) { return "\"" + etag + "\""; }

Result<std::string> required(const sdk::Input& input, std::string_view name) {
  auto value = json::text_or(input.parameters, name);
  if (value.empty()) return invalid_argument("Parameter '" + std::string(name) + "' is missing");
  return value;
}

Result<guard::Target> bucket_target(const Scope&, const sdk::Input& input) {
  SX_TRY_AS(const auto bucket, required(input, "Bucket"));
  SX_TRY(check_bucket_name(bucket));
  guard::Target target{.resource = bucket_arn(bucket), .context = {}};
  for (const auto& [key, name] :
       {std::pair{"s3:prefix", "Prefix"}, std::pair{"s3:delimiter", "Delimiter"},
        std::pair{"s3:max-keys", "MaxKeys"}}) {
    if (auto value = json::text_or(input.parameters, name); !value.empty()) {
      target.context[key] = {std::move(value)};
    }
  }
  return target;
}

Result<guard::Target> object_target(const Scope&, const sdk::Input& input) {
  SX_TRY_AS(const auto bucket, required(input, "Bucket"));
  SX_TRY(check_bucket_name(bucket));
  const auto key = json::text_or(input.parameters, "Key");
  SX_TRY(check_key(key));
  return guard::Target{.resource = object_arn(bucket, key), .context = {}};
}

}  // namespace sextant::services::s3
