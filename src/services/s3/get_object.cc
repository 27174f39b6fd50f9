#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <utility>

#include "core/json.h"
#include "core/time_text.h"
#include "services/s3/checksums.h"
#include "services/s3/handlers.h"
#include "services/s3/names.h"
#include "services/s3/records.h"

namespace sextant::services::s3 {
namespace {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  bool partial = false;
};

std::unexpected<Error> invalid_range() {
  return fail(Code::Invalid, "The requested range is not satisfiable", "InvalidRange");
}

std::optional<std::uint64_t> to_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// RFC 9110 §14.1.2: "bytes=0-99", "bytes=100-", "bytes=-50". Anything else, several ranges too, is
// ignored and the whole object is sent, as S3 does.
Result<ByteRange> parse_range(std::string_view text, std::uint64_t size) {
  const ByteRange whole{.first = 0, .count = size};
  constexpr std::string_view kUnit = "bytes=";
  if (!text.starts_with(kUnit)) return whole;
  text.remove_prefix(kUnit.size());
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return whole;
  const auto first = to_number(text.substr(0, dash));
  const auto last = to_number(text.substr(dash + 1));
  if (!first && (dash != 0 || !last)) return whole;
  if (!first) {
    const auto count = std::min(*last, size);
    if (count == 0) return invalid_range();
    return ByteRange{.first = size - count, .count = count, .partial = true};
  }
  if ((last && *last < *first) || (!last && dash + 1 != text.size())) return whole;
  if (*first >= size) return invalid_range();
  const auto end = last ? std::min(*last, size - 1) : size - 1;
  return ByteRange{.first = *first, .count = end - *first + 1, .partial = true};
}

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

}  // namespace

void get_object(const S3Ptr& s3, PermitPtr, sdk::Input input, sdk::Reply reply) {
  auto found = find(*s3, input.parameters);
  if (!found) return reply(std::unexpected(as_s3_error(std::move(found).error())));
  auto reader = s3->parts.bodies.open(found->record.body);
  if (!reader) return reply(std::unexpected(as_s3_error(std::move(reader).error())));
  auto body = store::make_body(std::move(*reader), found->range.first, found->range.count);
  reply(sdk::Output{std::move(found->result), std::move(body)});
}

void head_object(const S3Ptr& s3, PermitPtr, sdk::Input input, sdk::Reply reply) {
  auto found = find(*s3, input.parameters);
  if (!found) return reply(std::unexpected(as_s3_error(std::move(found).error())));
  reply(sdk::Output{std::move(found->result), nullptr});
}

}  // namespace sextant::services::s3
