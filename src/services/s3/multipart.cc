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
#include "services/s3/received_body.h"
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

// One part between its arrival and its commit, tried again when the same part came twice at once.
class PartCommit : public std::enable_shared_from_this<PartCommit> {
 public:
  PermitPtr permit;
  std::string bucket;
  std::string key;
  std::string upload_id;
  int number = 0;
  ReceivedBody received;
  sdk::Reply reply = nullptr;

  void attempt(const S3Ptr& s3) {
    auto batch = make_batch(*s3);
    if (!batch) return failed(*s3, std::move(batch).error());
    permit->commit(std::move(*batch),
                   [s3, self = shared_from_this()](const Result<ports::Committed>& done) {
                     self->committed(s3, done);
                   });
  }

 private:
  Result<ports::Batch> make_batch(const S3Context& s3) {
    const auto part_key = store::keys::part(s3.parts.scope, upload_id, number);
    const auto referrer = store::keys::part_referrer(upload_id, number);
    SX_TRY_AS(const auto upload, find_upload(s3, bucket, key, upload_id));
    SX_TRY_AS(const auto previous, s3.parts.state.get(part_key));
    ports::Batch batch;
    batch.conditions.push_back({upload_key(s3, bucket, upload_id), upload.version});
    batch.conditions.push_back(
        {part_key, previous ? std::optional(previous->version) : std::nullopt});
    replaced_.clear();
    if (previous) {
      SX_TRY_AS(const auto record, store::decode_part(previous->value));
      replaced_ = {record.body};
      store::BodyStore::release(batch, replaced_, referrer);
    }
    store::BodyStore::add(batch, received.staged, referrer);
    batch.puts.push_back(
        {part_key, store::encode(store::PartRecord{.size = received.size,
                                                   .etag = received.md5_hex,
                                                   .modified = s3.parts.clock.now(),
                                                   .body = received.staged.ref,
                                                   .checksum = received.checksum})});
    return batch;
  }

  void committed(const S3Ptr& s3, const Result<ports::Committed>& done) {
    if (!done && done.error().code == Code::Conflict && --tries_left_ > 0) return attempt(s3);
    if (!done) return failed(*s3, done.error());
    s3->parts.bodies.collect(replaced_);
    sdk::Output output;
    output.result["ETag"] = quoted(received.md5_hex);
    add_checksum(received.checksum, output.result);
    output.result.erase("ChecksumType");  // of parts, S3 tells only the value
    reply(std::move(output));
  }

  void failed(const S3Context& s3, Error error) {
    collect_unused(s3, received.staged, error);
    reply(std::unexpected(as_s3_error(std::move(error))));
  }

  std::vector<store::BodyRef> replaced_;
  int tries_left_ = 16;
};

// What an upload's checksum may be: full object for those that can be combined, composite for those
// that have always been. Source: AWS, "Checking object integrity", table of checksum types.
Result<> check_checksum_type(const std::string& algorithm, const std::string& type) {
  const bool full = type == "FULL_OBJECT" && (algorithm.empty() || algorithm.starts_with("CRC"));
  const bool composite = type == "COMPOSITE" && algorithm != "CRC64NVME";
  if (full || composite) return {};
  return fail(Code::Invalid,
              "The " + type + " checksum type cannot be used with the " + algorithm +
                  " checksum algorithm.",
              "InvalidRequest");
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
    store::BodyStore::release(batch, {part.record.body},
                              store::keys::part_referrer(upload_id, part.number));
  }
}

void remove_late_parts(const S3Context& s3, const std::string& upload_id) {
  const auto late = parts_of(s3, upload_id);
  if (!late || late->empty()) return;
  ports::Batch batch;
  std::vector<store::BodyRef> released;
  for (const auto& part : *late) {
    batch.erases.push_back(store::keys::part(s3.parts.scope, upload_id, part.number));
    released.push_back(part.record.body);
    store::BodyStore::release(batch, {part.record.body},
                              store::keys::part_referrer(upload_id, part.number));
  }
  s3.parts.log.submit(std::move(batch), [&bodies = s3.parts.bodies, released = std::move(released)](
                                            const Result<ports::Committed>& done) {
    if (done) bodies.collect(released);
  });
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
  if (auto fits = check_checksum_type(algorithm, type); !fits)
    return reply(std::unexpected(std::move(fits).error()));
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
  auto part = std::make_shared<PartCommit>();
  part->permit = std::move(permit);
  part->bucket = json::text_or(input.parameters, "Bucket");
  part->key = json::text_or(input.parameters, "Key");
  part->upload_id = json::text_or(input.parameters, "UploadId");
  auto number = part_number_of(input.parameters);
  if (!number) return reply(std::unexpected(std::move(number).error()));
  part->number = *number;
  auto upload = find_upload(*s3, part->bucket, part->key, part->upload_id);
  if (!upload) return reply(std::unexpected(as_s3_error(std::move(upload).error())));
  if (!upload->record.checksum_algorithm.empty() &&
      !input.parameters.contains("ChecksumAlgorithm")) {
    input.parameters["ChecksumAlgorithm"] = upload->record.checksum_algorithm;
  }
  part->reply = std::move(reply);
  receive_body(s3, std::move(input), [s3, part](Result<ReceivedBody> received) {
    if (!received) return part->reply(std::unexpected(std::move(received).error()));
    part->received = std::move(*received);
    part->attempt(s3);
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
  batch.from_reserve = true;  // on a full disk, this makes room
  add_upload_end(*s3, bucket, upload_id, upload->version, *parts, batch);
  permit->commit(std::move(batch),
                 [s3, permit, upload_id, parts = std::move(*parts),
                  reply = std::move(reply)](Result<ports::Committed> done) mutable {
                   if (!done) return reply(std::unexpected(as_s3_error(std::move(done).error())));
                   for (const auto& part : parts) s3->parts.bodies.collect({part.record.body});
                   remove_late_parts(*s3, upload_id);
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
