#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "core/encoding.h"
#include "core/fault_point.h"
#include "core/json.h"
#include "core/strings.h"
#include "services/s3/checksums.h"
#include "services/s3/handlers.h"
#include "services/s3/multipart.h"
#include "services/s3/names.h"
#include "services/s3/object_change.h"
#include "services/s3/records.h"

namespace sextant::services::s3 {
namespace {

std::unexpected<Error> invalid_part() {
  return fail(Code::Invalid,
              "One or more of the specified parts could not be found. The part may not have been "
              "uploaded, or "
              "the specified entity tag may not match the part's entity tag.",
              "InvalidPart");
}

struct NamedPart {
  int number = 0;
  std::string etag;               // without quotes
  boost::json::object checksums;  // "ChecksumCRC32": …, those that were given
};

boost::json::object checksums_in(const boost::json::object& part) {
  boost::json::object found;
  for (const auto& [name, value] : part) {
    if (name.starts_with("Checksum")) found[name] = value;
  }
  return found;
}

Result<std::vector<NamedPart>> named_parts(const boost::json::object& parameters) {
  std::vector<NamedPart> named;
  const auto* upload = json::find(parameters, "MultipartUpload");
  const auto* parts = upload != nullptr && upload->is_object()
                          ? json::find(upload->get_object(), "Parts")
                          : nullptr;
  if (parts == nullptr || !parts->is_array() || parts->get_array().empty()) {
    return fail(Code::Invalid, "You must specify at least one part", "MalformedXML");
  }
  for (const auto& part : parts->get_array()) {
    if (!part.is_object()) return fail(Code::Invalid, "A part is not an element", "MalformedXML");
    const auto* number = json::find(part.get_object(), "PartNumber");
    if (number == nullptr || !number->is_int64())
      return fail(Code::Invalid, "A part has no number", "MalformedXML");
    auto etag = json::text_or(part.get_object(), "ETag");
    std::erase(etag, '"');
    named.push_back(
        {static_cast<int>(number->get_int64()), std::move(etag), checksums_in(part.get_object())});
  }
  const auto not_rising = [](const NamedPart& a, const NamedPart& b) {
    return a.number >= b.number;
  };
  if (std::ranges::adjacent_find(named, not_rising) != named.end()) {
    return fail(
        Code::Invalid,
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
        "InvalidPartOrder");
  }
  return named;
}

// Whoever names a checksum means a part that has it.
bool has_checksums(const store::PartRecord& part, const NamedPart& named) {
  return std::ranges::all_of(named.checksums, [&](const auto& given) {
    return part.checksum && given.key() == "Checksum" + part.checksum->algorithm &&
           given.value().is_string() && given.value().get_string() == part.checksum->value;
  });
}

// The stored parts that are named, in order.
Result<std::vector<const StoredPart*>> choose(const std::vector<StoredPart>& stored,
                                              const std::vector<NamedPart>& named) {
  std::vector<const StoredPart*> chosen;
  for (const auto& name : named) {
    const auto found = std::ranges::find(stored, name.number, &StoredPart::number);
    if (found == stored.end() || found->record.etag != name.etag ||
        !has_checksums(found->record, name)) {
      return invalid_part();
    }
    if (!chosen.empty() && chosen.back()->record.size < kPartBytesMin) {
      return fail(Code::Invalid, "Your proposed upload is smaller than the minimum allowed size",
                  "EntityTooSmall");
    }
    chosen.push_back(&*found);
  }
  return chosen;
}

std::optional<store::Checksum> checksum_of(const store::UploadRecord& upload,
                                           const std::vector<const StoredPart*>& parts) {
  const auto kind = checksum_kind(upload.checksum_algorithm);
  if (!kind) return std::nullopt;
  std::vector<std::string> values;
  for (const auto* part : parts) {
    if (!part->record.checksum) return std::nullopt;
    values.push_back(part->record.checksum->value);
  }
  if (upload.checksum_type != "FULL_OBJECT") {
    return store::Checksum{upload.checksum_algorithm, composite_checksum(*kind, values),
                           "COMPOSITE"};
  }
  std::string whole = from_base64(values.front()).value_or("");
  for (std::size_t i = 1; i < values.size(); ++i) {
    whole = combine_crc(*kind, whole, from_base64(values[i]).value_or(""), parts[i]->record.size);
  }
  return store::Checksum{upload.checksum_algorithm, base64(whole), "FULL_OBJECT"};
}

// ETag of a multipart object: MD5 over the parts' raw MD5s, and their count.
store::ObjectRecord assemble(const store::UploadRecord& upload,
                             const std::vector<const StoredPart*>& parts) {
  store::ObjectRecord record;
  std::string digests;
  for (const auto* part : parts) {
    record.size += part->record.size;
    record.body.push_back(part->record.body);
    digests += from_hex(part->record.etag).value_or("");
  }
  record.etag = hex(hash(HashKind::Md5, digests)) + "-" + std::to_string(parts.size());
  record.attributes = upload.attributes;
  record.checksum = checksum_of(upload, parts);
  return record;
}

Result<> check_announced(const boost::json::object& parameters, const store::ObjectRecord& record) {
  const auto size = json::text_or(parameters, "MpuObjectSize");
  if (!size.empty() && parse_u64(size) != record.size) {
    return fail(Code::Invalid,
                "The provided 'x-amz-mp-object-size' header value does not match what was computed",
                "InvalidRequest");
  }
  if (!record.checksum) return {};
  const auto announced = json::text_or(parameters, "Checksum" + record.checksum->algorithm);
  const auto& value = record.checksum->value;
  if (announced.empty() || announced == value || announced == value.substr(0, value.find('-')))
    return {};
  return fail(Code::Invalid, "The checksum you specified did not match the calculated checksum",
              "BadDigest");
}

struct Completion {
  ObjectChange change;
  sdk::Output output;
};

Result<Completion> prepare(const S3Ptr& s3, const PermitPtr& permit,
                           const boost::json::object& parameters) {
  const auto bucket = json::text_or(parameters, "Bucket");
  const auto key = json::text_or(parameters, "Key");
  const auto upload_id = json::text_or(parameters, "UploadId");
  SX_TRY_AS(const auto named, named_parts(parameters));
  SX_TRY_AS(const auto upload, find_upload(*s3, bucket, key, upload_id));
  SX_TRY_AS(auto stored, parts_of(*s3, upload_id));
  SX_TRY_AS(const auto chosen, choose(stored, named));
  auto record = assemble(upload.record, chosen);
  record.trace = permit->call().trace;
  SX_TRY(check_announced(parameters, record));
  Completion completion;
  auto& result = completion.output.result;
  result["Location"] = "/" + bucket + "/" + key;
  result["Bucket"] = bucket;
  result["Key"] = key;
  result["ETag"] = quoted(record.etag);
  add_checksum(record.checksum, result);
  completion.change = ObjectChange{.permit = permit,
                                   .bucket = bucket,
                                   .key = key,
                                   .record = std::move(record),
                                   .staged = std::nullopt,
                                   .event_name = "ObjectCreated:CompleteMultipartUpload",
                                   .preconditions = {json::text_or(parameters, "IfMatch"),
                                                     json::text_or(parameters, "IfNoneMatch")}};
  for (const auto& part : stored) completion.change.extra_released.push_back(part.record.body);
  completion.change.extra = [s3, bucket, upload_id, version = upload.version,
                             stored = std::move(stored)](ports::Batch& batch) -> Result<> {
    add_upload_end(*s3, bucket, upload_id, version, stored, batch);
    return {};
  };
  return completion;
}

}  // namespace

void complete_multipart_upload(const S3Ptr& s3, PermitPtr permit, sdk::Input input,
                               sdk::Reply reply) {
  auto completion = prepare(s3, permit, input.parameters);
  if (!completion) return reply(std::unexpected(as_s3_error(std::move(completion).error())));
  fault_point("multipart.before_commit");
  commit_change(
      s3, std::move(completion->change),
      [s3, upload_id = json::text_or(input.parameters, "UploadId"),
       output = std::move(completion->output), reply = std::move(reply)](Result<> done) mutable {
        if (!done) return reply(std::unexpected(std::move(done).error()));
        fault_point("multipart.after_commit");
        remove_late_parts(*s3, upload_id);
        reply(std::move(output));
      });
}

}  // namespace sextant::services::s3
