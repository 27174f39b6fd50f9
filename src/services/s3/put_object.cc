#include <boost/json.hpp>
#include <utility>

#include "core/encoding.h"
#include "core/json.h"
#include "ports/in_doubt.h"
#include "services/s3/checksums.h"
#include "services/s3/handlers.h"
#include "services/s3/names.h"
#include "services/s3/object_change.h"
#include "services/s3/records.h"

namespace sextant::services::s3 {
namespace {

constexpr std::uint64_t kPutBytesMax = 5ull << 30;  // S3's limit for one PUT or part

}  // namespace

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

void receive_body(std::shared_ptr<S3Context> s3, sdk::Input input,
                  std::move_only_function<void(Result<ReceivedBody>)> on_done) {
  auto expected = expected_checksums(input.parameters);
  if (!expected) return on_done(std::unexpected(std::move(expected).error()));
  if (!input.body) input.body = make_body(std::string());
  if (input.body->length().value_or(0) > kPutBytesMax) {
    return on_done(fail(Code::Invalid, "Your proposed upload exceeds the maximum allowed size",
                        "EntityTooLarge"));
  }
  struct State {
    store::BodyWriter writer;
    ChecksumTaker taker;
    std::uint64_t size = 0;
    std::function<std::map<std::string, std::string>()> trailers;
  };
  auto state = std::make_shared<State>(
      State{s3->parts.bodies.write(), ChecksumTaker(*expected), 0, std::move(input.trailers)});
  drain(
      std::move(input.body),
      [state](std::string_view chunk) -> Result<> {
        state->size += chunk.size();
        if (state->size > kPutBytesMax) {
          return fail(Code::Invalid, "Your proposed upload exceeds the maximum allowed size",
                      "EntityTooLarge");
        }
        state->taker.update(chunk);
        auto appended = state->writer.append(chunk);
        if (!appended) return std::unexpected(as_s3_error(std::move(appended).error()));
        return {};
      },
      [state, on_done = std::move(on_done)](Result<> read) mutable {
        if (!read) return on_done(std::unexpected(as_body_error(std::move(read).error())));
        auto taken = state->taker.finish(state->trailers ? state->trailers()
                                                         : std::map<std::string, std::string>{});
        if (!taken) return on_done(std::unexpected(std::move(taken).error()));
        auto staged = state->writer.finish();
        if (!staged) return on_done(std::unexpected(as_s3_error(std::move(staged).error())));
        on_done(ReceivedBody{std::move(*staged), state->size, hex(taken->md5),
                             std::move(taken->checksum)});
      });
}

void collect_unused(const S3Context& s3, const store::StagedBody& staged, const Error& why) {
  if (!ports::may_have_happened(why) && !staged.ref.is_inline)
    s3.parts.bodies.collect({staged.ref});
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
