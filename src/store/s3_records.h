#pragma once
// What S3 stores: buckets, objects, multipart uploads and their parts. Format: docs/formats/s3.md.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "store/delivery.h"

namespace sextant::store {

struct BucketRecord {
  std::string name;
  Time created;
  bool deleting = false;  // DeleteBucket is looking whether it is empty: nothing may be added
  std::string app;        // the stack that declares it; "" when made by CreateBucket
  friend bool operator==(const BucketRecord&, const BucketRecord&) = default;
};

// What a client said of an object besides its bytes.
struct ObjectAttributes {
  std::string content_type;
  std::map<std::string, std::string>
      headers;  // cache-control, content-encoding, …: lower-case names
  std::map<std::string, std::string> metadata;  // x-amz-meta-…, without the prefix
  friend bool operator==(const ObjectAttributes&, const ObjectAttributes&) = default;
};

struct Checksum {
  std::string algorithm;  // CRC32, CRC32C, CRC64NVME, SHA1, SHA256
  std::string value;      // base64, with "-N" for a composite of N parts
  std::string type;       // FULL_OBJECT or COMPOSITE
  friend bool operator==(const Checksum&, const Checksum&) = default;
};

struct ObjectRecord {
  std::uint64_t size = 0;
  std::string etag;  // hex MD5, or hex-N after a multipart upload; without quotes
  Time modified;
  std::string sequencer;  // of the PUT that made it
  std::vector<BodyRef> body;
  ObjectAttributes attributes;
  std::optional<Checksum> checksum = std::nullopt;
  Trace trace;
  friend bool operator==(const ObjectRecord&, const ObjectRecord&) = default;
};

struct UploadRecord {
  std::string key;
  Time started;
  ObjectAttributes attributes;
  std::string checksum_algorithm;
  std::string checksum_type;
  friend bool operator==(const UploadRecord&, const UploadRecord&) = default;
};

struct PartRecord {
  std::uint64_t size = 0;
  std::string etag;
  Time modified;
  BodyRef body;
  std::optional<Checksum> checksum = std::nullopt;
  friend bool operator==(const PartRecord&, const PartRecord&) = default;
};

std::string encode(const BucketRecord& record);
std::string encode(const ObjectRecord& record);
std::string encode(const UploadRecord& record);
std::string encode(const PartRecord& record);
Result<BucketRecord> decode_bucket(std::string_view bytes);
Result<ObjectRecord> decode_object(std::string_view bytes);
Result<UploadRecord> decode_upload(std::string_view bytes);
Result<PartRecord> decode_part(std::string_view bytes);

}  // namespace sextant::store
