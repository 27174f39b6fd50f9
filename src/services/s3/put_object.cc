#include <boost/json.hpp>
#include <utility>

#include "core/json.h"
#include "services/s3/checksums.h"
#include "services/s3/handlers.h"
#include "services/s3/names.h"
#include "services/s3/object_change.h"
#include "services/s3/received_body.h"
#include "services/s3/records.h"

namespace sextant::services::s3 {

store::ObjectAttributes attributes_of(const boost::json::object& parameters) {
  store::ObjectAttributes attributes;
  attributes.content_type = json::text_or(parameters, "ContentType", "binary/octet-stream");
  for (const auto& [parameter, header] : kStoredHeaders) {
    if (auto value = json::text_or(parameters, parameter); !value.empty()) {
      attributes.headers[std::string(header)] = std::move(value);
    }
  }
  if (const auto* metadata = json::find(parameters, "Metadata");
      metadata && metadata->is_object()) {
    for (const auto& [name, value] : metadata->get_object()) {
      if (value.is_string())
        attributes.metadata[std::string(name)] = std::string(value.get_string());
    }
  }
  return attributes;
}

void put_object(const std::shared_ptr<S3Context>& s3, PermitPtr permit, sdk::Input input,
                sdk::Reply reply) {
  ObjectChange change{.permit = std::move(permit),
                      .bucket = json::text_or(input.parameters, "Bucket"),
                      .key = json::text_or(input.parameters, "Key"),
                      .record = store::ObjectRecord{},
                      .staged = std::nullopt,
                      .event_name = "ObjectCreated:Put",
                      .preconditions = {json::text_or(input.parameters, "IfMatch"),
                                        json::text_or(input.parameters, "IfNoneMatch")}};
  if (auto bucket = find_bucket(*s3, change.bucket); !bucket) {
    return reply(std::unexpected(std::move(bucket).error()));
  }
  change.record->attributes = attributes_of(input.parameters);
  change.record->trace = change.permit->call().trace;
  receive_body(s3, std::move(input),
               [s3, change = std::move(change),
                reply = std::move(reply)](Result<ReceivedBody> received) mutable {
                 if (!received) return reply(std::unexpected(std::move(received).error()));
                 change.record->size = received->size;
                 change.record->etag = received->md5_hex;
                 change.record->checksum = received->checksum;
                 change.record->body = {received->staged.ref};
                 change.staged = std::move(received->staged);
                 sdk::Output output;
                 output.result["ETag"] = quoted(received->md5_hex);
                 add_checksum(received->checksum, output.result);
                 commit_change(
                     s3, std::move(change),
                     [output = std::move(output), reply = std::move(reply)](Result<> done) mutable {
                       if (!done) return reply(std::unexpected(std::move(done).error()));
                       reply(std::move(output));
                     });
               });
}

}  // namespace sextant::services::s3
