#include "services/s3/multipart.h"

#include <boost/json.hpp>
#include <charconv>
#include <utility>

#include "core/json.h"
#include "core/random.h"
#include "core/time_text.h"
#include "services/s3/checksums.h"
#include "services/s3/handlers.h"
#include "services/s3/names.h"
#include "services/s3/records.h"
#include "store/keys.h"

namespace sextant::services::s3 {
namespace {

std::string upload_key(const S3Context& s3, const std::string& bucket,
                       const std::string& upload_id) {
  return store::keys::upload(s3.parts.scope, BucketName(bucket), upload_id);
}

Result<int> part_number_of(const boost::json::object& parameters) {
  const auto text = json::text_or(parameters, "PartNumber");
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 1 ||
      number > kPartNumberMax) {
    return invalid_argument("Part number must be an integer between 1 and 10000, inclusive");
  }
  return number;
}

struct PartUpload {
  PermitPtr permit;
  std::string bucket;
  std::string upload_id;
  int number = 0;
  std::uint64_t upload_version = 0;
};

void commit_part(const S3Ptr& s3, const PartUpload& upload, const ReceivedBody& received,
                 sdk::Reply reply) {
  const auto key = store::keys::part(s3->parts.scope, upload.upload_id, upload.number);
  auto previous = s3->parts.state.get(key);
  if (!previous) return reply(std::unexpected(as_s3_error(std::move(previous).error())));
  const auto referrer = part_referrer(upload.upload_id, upload.number);
  ports::Batch batch;
  batch.conditions.push_back(
      {upload_key(*s3, upload.bucket, upload.upload_id), upload.upload_version});
  batch.conditions.push_back({key, *previous ? std::optional((*previous)->version) : std::nullopt});
  std::vector<store::BodyRef> replaced;
  if (*previous) {
    auto record = store::decode_part((*previous)->value);
    if (!record) return reply(std::unexpected(as_s3_error(std::move(record).error())));
    replaced = {record->body};
    store::BodyStore::release(batch, replaced, referrer);
  }
  store::BodyStore::add(batch, received.staged, referrer);
  batch.puts.push_back({key, store::encode(store::PartRecord{.size = received.size,
                                                             .etag = received.md5_hex,
                                                             .modified = s3->parts.clock.now(),
                                                             .body = received.staged.ref,
                                                             .checksum = received.checksum})});
  sdk::Output output;
  output.result["ETag"] = quoted(received.md5_hex);
  add_checksum(received.checksum, output.result);
  output.result.erase("ChecksumType");  // of parts, S3 tells only the value
  auto permit = upload.permit;
  permit->commit(std::move(batch),
                 [s3, permit, replaced = std::move(replaced), output = std::move(output),
                  reply = std::move(reply)](Result<ports::Committed> done) mutable {
                   if (!done) return reply(std::unexpected(as_s3_error(std::move(done).error())));
                   s3->parts.bodies.collect(replaced);
                   reply(std::move(output));
                 });
}

}  // namespace

Result<std::vector<StoredPart>> parts_of(const S3Context& s3, const std::string& upload_id) {
  std::vector<StoredPart> parts;
  const auto prefix = store::keys::parts(s3.parts.scope, upload_id);
  SX_TRY(ports::for_each(s3.parts.state, prefix, [&](const ports::Entry& entry) -> Result<> {
    SX_TRY_AS(auto record, store::decode_part(entry.value));
    int number = 0;
    for (const char c : entry.key.substr(prefix.size()))
      number = number << 8 | static_cast<std::uint8_t>(c);
    parts.push_back({number, std::move(record), entry.version});
    return {};
  }));
  return parts;
}

void add_upload_end(const S3Context& s3, const std::string& bucket, const std::string& upload_id,
                    std::uint64_t upload_version, const std::vector<StoredPart>& parts,
                    ports::Batch& batch) {
  batch.conditions.push_back({upload_key(s3, bucket, upload_id), upload_version});
  batch.erases.push_back(upload_key(s3, bucket, upload_id));
  for (const auto& part : parts) {
    const auto key = store::keys::part(s3.parts.scope, upload_id, part.number);
    batch.conditions.push_back({key, part.version});
    batch.erases.push_back(key);
    store::BodyStore::release(batch, {part.record.body}, part_referrer(upload_id, part.number));
  }
}

void create_multipart_upload(const S3Ptr& s3, PermitPtr permit, sdk::Input input,
                             sdk::Reply reply) {
  const auto bucket = json::text_or(input.parameters, "Bucket");
  auto found = find_bucket(*s3, bucket);
  if (!found) return reply(std::unexpected(as_s3_error(std::move(found).error())));
  auto algorithm = json::text_or(input.parameters, "ChecksumAlgorithm");
  if (!algorithm.empty() && !checksum_kind(algorithm)) {
    return reply(fail(Code::Invalid, "Checksum algorithm provided is unsupported: " + algorithm,
                      "InvalidRequest"));
  }
  auto type = json::text_or(input.parameters, "ChecksumType",
                            algorithm == "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  const auto upload_id = random_hex(32);
  ports::Batch batch;
  batch.conditions.push_back(
      {store::keys::bucket(s3->parts.scope, BucketName(bucket)), found->version});
  batch.puts.push_back(
      {upload_key(*s3, bucket, upload_id),
       store::encode(store::UploadRecord{.key = json::text_or(input.parameters, "Key"),
                                         .started = s3->parts.clock.now(),
                                         .attributes = attributes_of(input.parameters),
                                         .checksum_algorithm = algorithm,
                                         .checksum_type = type})});
  sdk::Output output;
  output.result["Bucket"] = bucket;
  output.result["Key"] = json::text_or(input.parameters, "Key");
  output.result["UploadId"] = upload_id;
  if (!algorithm.empty()) {
    output.result["ChecksumAlgorithm"] = algorithm;
    output.result["ChecksumType"] = type;
  }
  permit->commit(std::move(batch), [permit, output = std::move(output), reply = std::move(reply)](
                                       Result<ports::Committed> done) mutable {
    if (!done) return reply(std::unexpected(as_s3_error(std::move(done).error())));
    reply(std::move(output));
  });
}

void upload_part(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply) {
  PartUpload upload{.permit = std::move(permit),
                    .bucket = json::text_or(input.parameters, "Bucket"),
                    .upload_id = json::text_or(input.parameters, "UploadId")};
  auto number = part_number_of(input.parameters);
  if (!number) return reply(std::unexpected(std::move(number).error()));
  upload.number = *number;
  auto record =
      find_upload(*s3, upload.bucket, json::text_or(input.parameters, "Key"), upload.upload_id);
  if (!record) return reply(std::unexpected(as_s3_error(std::move(record).error())));
  upload.upload_version = record->version;
  if (!record->record.checksum_algorithm.empty() &&
      !input.parameters.contains("ChecksumAlgorithm")) {
    input.parameters["ChecksumAlgorithm"] = record->record.checksum_algorithm;
  }
  receive_body(s3, std::move(input),
               [s3, upload = std::move(upload),
                reply = std::move(reply)](Result<ReceivedBody> received) mutable {
                 if (!received) return reply(std::unexpected(std::move(received).error()));
                 commit_part(s3, upload, *received, std::move(reply));
               });
}

void abort_multipart_upload(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply) {
  const auto bucket = json::text_or(input.parameters, "Bucket");
  const auto upload_id = json::text_or(input.parameters, "UploadId");
  auto upload = find_upload(*s3, bucket, json::text_or(input.parameters, "Key"), upload_id);
  if (!upload) return reply(std::unexpected(as_s3_error(std::move(upload).error())));
  auto parts = parts_of(*s3, upload_id);
  if (!parts) return reply(std::unexpected(as_s3_error(std::move(parts).error())));
  ports::Batch batch;
  add_upload_end(*s3, bucket, upload_id, upload->version, *parts, batch);
  permit->commit(std::move(batch),
                 [s3, permit, parts = std::move(*parts),
                  reply = std::move(reply)](Result<ports::Committed> done) mutable {
                   if (!done) return reply(std::unexpected(as_s3_error(std::move(done).error())));
                   for (const auto& part : parts) s3->parts.bodies.collect({part.record.body});
                   reply(sdk::Output{});
                 });
}

void list_parts(const S3Ptr& s3, PermitPtr, sdk::Input input, sdk::Reply reply) {
  const auto bucket = json::text_or(input.parameters, "Bucket");
  const auto upload_id = json::text_or(input.parameters, "UploadId");
  auto upload = find_upload(*s3, bucket, json::text_or(input.parameters, "Key"), upload_id);
  if (!upload) return reply(std::unexpected(as_s3_error(std::move(upload).error())));
  auto parts = parts_of(*s3, upload_id);
  if (!parts) return reply(std::unexpected(as_s3_error(std::move(parts).error())));
  boost::json::array listed;
  for (const auto& part : *parts) {
    boost::json::object row{{"PartNumber", part.number},
                            {"LastModified", iso8601_millis(part.record.modified)},
                            {"ETag", quoted(part.record.etag)},
                            {"Size", part.record.size}};
    add_checksum(part.record.checksum, row);
    row.erase("ChecksumType");
    listed.push_back(std::move(row));
  }
  sdk::Output output;
  output.result = {{"Bucket", bucket},           {"Key", upload->record.key},
                   {"UploadId", upload_id},      {"StorageClass", "STANDARD"},
                   {"MaxParts", kPartNumberMax}, {"IsTruncated", false}};
  output.result["Parts"] = std::move(listed);
  reply(std::move(output));
}

void list_multipart_uploads(const S3Ptr& s3, PermitPtr, sdk::Input input, sdk::Reply reply) {
  const auto bucket = json::text_or(input.parameters, "Bucket");
  if (auto found = find_bucket(*s3, bucket); !found) {
    return reply(std::unexpected(as_s3_error(std::move(found).error())));
  }
  boost::json::array uploads;
  const auto prefix = store::keys::uploads(s3->parts.scope, BucketName(bucket));
  const auto listed =
      ports::for_each(s3->parts.state, prefix, [&](const ports::Entry& entry) -> Result<> {
        SX_TRY_AS(const auto record, store::decode_upload(entry.value));
        uploads.push_back(boost::json::object{{"Key", record.key},
                                              {"UploadId", entry.key.substr(prefix.size())},
                                              {"StorageClass", "STANDARD"},
                                              {"Initiated", iso8601_millis(record.started)}});
        return {};
      });
  if (!listed) return reply(std::unexpected(as_s3_error(listed.error())));
  sdk::Output output;
  output.result = {{"Bucket", bucket}, {"IsTruncated", false}};
  output.result["Uploads"] = std::move(uploads);
  reply(std::move(output));
}

}  // namespace sextant::services::s3
