#pragma once
// What names objects of another S3: s3:// locations, bucket names, ETags, pages of a listing. Pure.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace sextant::cli {

struct S3Location {
  std::string bucket;
  std::string prefix = {};  // of keys
};

inline bool is_s3_url(std::string_view source) { return source.starts_with("s3://"); }

// "s3://bucket/any/beginning of/keys". Invalid: no bucket, or a name that none has.
Result<S3Location> parse_s3_url(std::string_view url);

// As S3 lets buckets be called, old ones included.
bool is_bucket_name(std::string_view text);

// Without quotes; "" for what cannot stand in a header.
std::string plain_etag(std::string_view text);

struct ListedObject {
  std::string key;
  std::string etag;  // plain
  std::uint64_t size = 0;
};

struct ListedPage {
  std::vector<ListedObject> objects;  // without the empty ones that consoles call folders
  std::string next;                   // the token of the page behind it; empty when it is the last
};

// ListObjectsV2's answer. Invalid: it is none, or more than what one XML text may have.
Result<ListedPage> parse_listing(std::string_view text);

}  // namespace sextant::cli
