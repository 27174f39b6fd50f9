#pragma once
// Reads of S3's records, with the versions that later conditions need, and what every operation's
// table row shares.
#include <cstdint>
#include <optional>
#include <string>

#include "services/s3/s3_service.h"

namespace sextant::services::s3 {

template <typename Record>
struct Versioned {
  Record record;
  std::uint64_t version = 0;
};

// NoSuchBucket; OperationAborted while it is being deleted.
Result<Versioned<store::BucketRecord>> find_bucket(const S3Context& s3, const std::string& bucket);
// nullopt when there is no such object.
Result<std::optional<Versioned<store::ObjectRecord>>> find_object(const S3Context& s3,
                                                                  const std::string& bucket,
                                                                  const std::string& key);
// NoSuchUpload also when the upload is for another key.
Result<Versioned<store::UploadRecord>> find_upload(const S3Context& s3, const std::string& bucket,
                                                   const std::string& key,
                                                   const std::string& upload_id);

// Who refers to an object's or a part's bytes.

std::string quoted(const std::string& etag);  // as HTTP writes it

// A parameter that must be there: InvalidArgument otherwise.
Result<std::string> required(const sdk::Input& input, std::string_view name);

// Target functions for the table: bucket or object ARN from the parameters, names checked.
Result<guard::Target> bucket_target(const Scope& scope, const sdk::Input& input);
Result<guard::Target> object_target(const Scope& scope, const sdk::Input& input);

}  // namespace sextant::services::s3
