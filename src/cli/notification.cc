#include "cli/notification.h"

#include <algorithm>
#include <boost/json.hpp>
#include <string>
#include <utility>

#include "core/encoding.h"
#include "core/json.h"

namespace sextant::cli {
namespace {

using Objects = std::vector<SourceObject>;

constexpr std::size_t kKeyBytesMax = 1'024;
constexpr std::size_t kVersionBytesMax = 1'024;

std::unexpected<Error> not_understood(const std::string& why) {
  return fail(Code::Invalid, "not an S3 notification that is understood: " + why);
}

const json::Object* object_in(const json::Object& from, std::string_view name) {
  const auto* value = json::find(from, name);
  return value != nullptr && value->is_object() ? &value->get_object() : nullptr;
}

std::uint64_t size_of(const json::Object& object) {
  const auto* size = json::find(object, "size");
  return size != nullptr && size->is_int64() && size->get_int64() > 0
             ? static_cast<std::uint64_t>(size->get_int64())
             : 0;
}

// Whoever may write to the queue must not choose the host that is asked.
Result<> add(SourceObject object, Objects& into) {
  if (!is_bucket_name(object.bucket)) return not_understood("no bucket's name");
  if (object.key.empty() || object.key.size() > kKeyBytesMax)
    return not_understood("no object's key");
  if (object.version.size() > kVersionBytesMax) return not_understood("no object's version");
  if (!object.region.empty() && !is_region_name(object.region))
    return not_understood("no region's name");
  const bool is_folder = object.size == 0 && object.key.ends_with('/');
  if (!is_folder) into.push_back(std::move(object));
  return {};
}

// S3's own form: the key is URL-encoded, a blank is '+'.
Result<> add_record(const json::Object& record, Objects& into) {
  auto event = json::text_or(record, "eventName");
  if (event.starts_with("s3:")) event.erase(0, 3);  // as some other S3 writes it
  if (!event.starts_with("ObjectCreated:")) return {};
  const auto* s3 = object_in(record, "s3");
  const auto* bucket = s3 == nullptr ? nullptr : object_in(*s3, "bucket");
  const auto* object = s3 == nullptr ? nullptr : object_in(*s3, "object");
  if (bucket == nullptr || object == nullptr) return not_understood("a record without an object");
  auto encoded = json::text_or(*object, "key");
  std::ranges::replace(encoded, '+', ' ');
  auto key = uri_decode(encoded);
  if (!key) return not_understood("a key with a broken escape");
  return add({.bucket = json::text_or(*bucket, "name"),
              .key = std::move(*key),
              .version = json::text_or(*object, "versionId"),
              .etag = plain_etag(json::text_or(*object, "eTag")),
              .region = json::text_or(record, "awsRegion"),
              .size = size_of(*object)},
             into);
}

Result<Objects> read_records(const json::Value& records) {
  if (!records.is_array()) return not_understood("Records is no list");
  Objects objects;
  for (const auto& each : records.get_array()) {
    if (!each.is_object()) return not_understood("a record is no object");
    SX_TRY(add_record(each.get_object(), objects));
  }
  return objects;
}

// EventBridge's form: the key is as it is.
Result<Objects> read_event(const json::Object& event) {
  Objects objects;
  if (json::text_or(event, "detail-type") != "Object Created") return objects;
  const auto* detail = object_in(event, "detail");
  const auto* bucket = detail == nullptr ? nullptr : object_in(*detail, "bucket");
  const auto* object = detail == nullptr ? nullptr : object_in(*detail, "object");
  if (bucket == nullptr || object == nullptr) return not_understood("an event without an object");
  SX_TRY(add({.bucket = json::text_or(*bucket, "name"),
              .key = json::text_or(*object, "key"),
              .version = json::text_or(*object, "version-id"),
              .etag = plain_etag(json::text_or(*object, "etag")),
              .region = json::text_or(event, "region"),
              .size = size_of(*object)},
             objects));
  return objects;
}

// CloudTrail tells SNS of its files in a form of its own.
Result<Objects> read_trail_files(const json::Object& message, const json::Value& keys) {
  if (!keys.is_array()) return not_understood("s3ObjectKey is no list");
  Objects objects;
  for (const auto& key : keys.get_array()) {
    if (!key.is_string()) return not_understood("no object's key");
    SX_TRY(add({.bucket = json::text_or(message, "s3Bucket"), .key = std::string(key.get_string())},
               objects));
  }
  return objects;
}

enum class Wrapped { Maybe, No };

Result<Objects> read_message(std::string_view text, Wrapped wrapped) {
  const auto value = json::parse(text);
  if (!value) return not_understood(value.error().message);
  if (!value->is_object()) return not_understood("no JSON object");
  const auto& message = value->get_object();
  if (const auto* records = json::find(message, "Records")) return read_records(*records);
  if (json::text_or(message, "source") == "aws.s3") return read_event(message);
  if (json::text_or(message, "Event") == "s3:TestEvent") return Objects();
  if (const auto* keys = json::find(message, "s3ObjectKey"))
    return read_trail_files(message, *keys);
  const bool is_from_sns = json::text_or(message, "Type") == "Notification";
  if (is_from_sns && wrapped == Wrapped::Maybe)
    return read_message(json::text_or(message, "Message"), Wrapped::No);
  return not_understood("neither Records, nor an event of aws.s3, nor s3ObjectKey");
}

}  // namespace

Result<std::vector<SourceObject>> parse_notification(std::string_view text) {
  return read_message(text, Wrapped::Maybe);
}

}  // namespace sextant::cli
