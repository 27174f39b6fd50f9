#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "core/json.h"
#include "core/time_text.h"
#include "services/s3/byte_range.h"
#include "services/s3/checksums.h"
#include "services/s3/handlers.h"
#include "services/s3/names.h"
#include "services/s3/records.h"

namespace sextant::services::s3 {
namespace {

bool names_etag(std::string_view list, const std::string& etag) {
  return list == "*" || list.contains(quoted(etag)) || list == etag;
}

// RFC 9110 §13.2.2: the order in which conditions are looked at. HTTP dates know whole seconds.
Result<> check_conditions(const boost::json::object& parameters,
                          const store::ObjectRecord& record) {
  const auto failed =
      fail(Code::Conflict, "At least one of the pre-conditions you specified did not hold",
           "PreconditionFailed");
  const auto unchanged = fail(Code::Conflict, "Not Modified", "NotModified");
  const auto modified = std::chrono::floor<std::chrono::seconds>(record.modified);
  const auto if_match = json::text_or(parameters, "IfMatch");
  const auto if_none_match = json::text_or(parameters, "IfNoneMatch");
  const auto unmodified_since = parse_http_date(json::text_or(parameters, "IfUnmodifiedSince"));
  const auto modified_since = parse_http_date(json::text_or(parameters, "IfModifiedSince"));
  if (!if_match.empty()) {
    if (!names_etag(if_match, record.etag)) return failed;
  } else if (unmodified_since && modified > *unmodified_since) {
    return failed;
  }
  if (!if_none_match.empty()) {
    if (names_etag(if_none_match, record.etag)) return unchanged;
  } else if (modified_since && modified <= *modified_since) {
    return unchanged;
  }
  return {};
}

boost::json::object describe(const store::ObjectRecord& record,
                             const boost::json::object& parameters) {
  boost::json::object result;
  result["ETag"] = quoted(record.etag);
  result["LastModified"] = iso8601_millis(record.modified);
  result["ContentType"] = record.attributes.content_type;
  result["AcceptRanges"] = "bytes";
  for (const auto& [parameter, header] : kStoredHeaders) {
    const auto found = record.attributes.headers.find(std::string(header));
    if (found != record.attributes.headers.end()) result[parameter] = found->second;
  }
  for (const char* name : {"ContentType", "CacheControl", "ContentDisposition", "ContentEncoding",
                           "ContentLanguage", "Expires"}) {
    const auto override = json::text_or(parameters, std::string("Response") + name);
    if (!override.empty()) result[name] = override;
  }
  boost::json::object metadata;
  for (const auto& [name, value] : record.attributes.metadata) metadata[name] = value;
  result["Metadata"] = std::move(metadata);
  if (json::text_or(parameters, "ChecksumMode") == "ENABLED") add_checksum(record.checksum, result);
  return result;
}

struct Found {
  store::ObjectRecord record;
  ByteRange range;
  boost::json::object result;
};

Result<Found> find(const S3Context& s3, const boost::json::object& parameters) {
  const auto bucket = json::text_or(parameters, "Bucket");
  const auto key = json::text_or(parameters, "Key");
  SX_TRY(find_bucket(s3, bucket));
  SX_TRY_AS(auto object, find_object(s3, bucket, key));
  if (!object) return no_such_key(key);
  SX_TRY(check_conditions(parameters, object->record));
  SX_TRY_AS(const auto range, parse_range(json::text_or(parameters, "Range"), object->record.size));
  auto result = describe(object->record, parameters);
  result["ContentLength"] = range.count;
  if (range.partial) {
    result["ContentRange"] = "bytes " + std::to_string(range.first) + "-" +
                             std::to_string(range.first + range.count - 1) + "/" +
                             std::to_string(object->record.size);
    for (const char* name : {"ChecksumCRC32", "ChecksumCRC32C", "ChecksumCRC64NVME", "ChecksumSHA1",
                             "ChecksumSHA256", "ChecksumType"}) {
      result.erase(name);  // they are of the whole object
    }
  }
  return Found{std::move(object->record), range, std::move(result)};
}

struct Opened {
  Found found;
  std::shared_ptr<const store::BodyReader> reader;
};

// Between the look at the record and the opening of its bytes somebody may overwrite the object,
// and the old bytes go: then the record is another one.
Result<Opened> open(const S3Context& s3, const boost::json::object& parameters) {
  constexpr int kTriesMax = 8;
  for (int tries_left = kTriesMax;;) {
    SX_TRY_AS(auto found, find(s3, parameters));
    auto reader = s3.parts.bodies.open(found.record.body);
    if (reader) return Opened{std::move(found), std::move(*reader)};
    if (reader.error().code != Code::NotFound || --tries_left == 0)
      return std::unexpected(std::move(reader).error());
  }
}

}  // namespace

void get_object(const S3Ptr& s3, PermitPtr, sdk::Input input, sdk::Reply reply) {
  auto opened = open(*s3, input.parameters);
  if (!opened) return reply(std::unexpected(as_s3_error(std::move(opened).error())));
  auto& [found, reader] = *opened;
  auto body = store::make_body(std::move(reader), found.range.first, found.range.count);
  reply(sdk::Output{std::move(found.result), std::move(body)});
}

void head_object(const S3Ptr& s3, PermitPtr, sdk::Input input, sdk::Reply reply) {
  auto found = find(*s3, input.parameters);
  if (!found) return reply(std::unexpected(as_s3_error(std::move(found).error())));
  reply(sdk::Output{std::move(found->result), nullptr});
}

}  // namespace sextant::services::s3
