#include <boost/json.hpp>
#include <utility>

#include "core/json.h"
#include "core/time_text.h"
#include "services/s3/handlers.h"
#include "services/s3/names.h"
#include "services/s3/records.h"
#include "store/keys.h"

namespace sextant::services::s3 {
namespace {

std::string bucket_key(const S3Context& s3, const std::string& bucket) {
  return store::keys::bucket(s3.parts.scope, BucketName(bucket));
}

std::unexpected<Error> exists_already() {
  return fail(Code::Conflict,
              "Your previous request to create the named bucket succeeded and you already own it.",
              "BucketAlreadyOwnedByYou");
}

Result<bool> is_empty(const S3Context& s3, const std::string& bucket) {
  const auto& scope = s3.parts.scope;
  SX_TRY_AS(const auto objects,
            s3.parts.state.scan(store::keys::objects(scope, BucketName(bucket)), "", 1));
  SX_TRY_AS(const auto uploads,
            s3.parts.state.scan(store::keys::uploads(scope, BucketName(bucket)), "", 1));
  return objects.empty() && uploads.empty();
}

// While the mark stands nothing can be added, since every change of an object has the bucket's
// version as its condition; so what is found empty then stays empty.
ports::Batch mark(const S3Context& s3, const Versioned<store::BucketRecord>& bucket,
                  bool deleting) {
  auto record = bucket.record;
  record.deleting = deleting;
  ports::Batch batch;
  batch.from_reserve = true;  // on a full disk, buckets still go
  batch.conditions.push_back({bucket_key(s3, record.name), bucket.version});
  batch.puts.push_back({bucket_key(s3, record.name), store::encode(record)});
  return batch;
}

// Takes the mark away again, so that a deletion that failed leaves the bucket usable.
void unmark(const S3Ptr& s3, const Versioned<store::BucketRecord>& bucket, Error error,
            sdk::Reply reply) {
  auto batch = mark(*s3, bucket, false);
  s3->parts.log.submit(std::move(batch), [reply = std::move(reply), error = std::move(error)](
                                             const Result<ports::Committed>&) mutable {
    reply(std::unexpected(std::move(error)));
  });
}

void finish_delete(const S3Ptr& s3, const PermitPtr& permit, Versioned<store::BucketRecord> bucket,
                   sdk::Reply reply) {
  auto empty = is_empty(*s3, bucket.record.name);
  if (!empty || !*empty) {
    auto error = empty ? Error{Code::Conflict, "The bucket you tried to delete is not empty",
                               "BucketNotEmpty"}
                       : as_s3_error(std::move(empty).error());
    return unmark(s3, bucket, std::move(error), std::move(reply));
  }
  ports::Batch batch;
  batch.from_reserve = true;
  batch.conditions.push_back({bucket_key(*s3, bucket.record.name), bucket.version});
  batch.erases.push_back(bucket_key(*s3, bucket.record.name));
  permit->commit(
      std::move(batch), [s3, permit, bucket = std::move(bucket),
                         reply = std::move(reply)](Result<ports::Committed> done) mutable {
        if (!done)
          return unmark(s3, bucket, as_s3_error(std::move(done).error()), std::move(reply));
        reply(sdk::Output{});
      });
}

}  // namespace

void create_bucket(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply) {
  const auto name = json::text_or(input.parameters, "Bucket");
  const auto key = bucket_key(*s3, name);
  auto existing = s3->parts.state.get(key);
  if (!existing) return reply(std::unexpected(as_s3_error(std::move(existing).error())));
  if (*existing) return reply(exists_already());
  ports::Batch batch;
  batch.conditions.push_back({key, std::nullopt});
  batch.puts.push_back(
      {key, store::encode(store::BucketRecord{
                .name = name, .created = s3->parts.clock.now(), .deleting = false, .app = {}})});
  permit->commit(std::move(batch),
                 [permit, name, reply = std::move(reply)](Result<ports::Committed> done) mutable {
                   if (!done && done.error().code == Code::Conflict) return reply(exists_already());
                   if (!done) return reply(std::unexpected(as_s3_error(std::move(done).error())));
                   sdk::Output output;
                   output.result["Location"] = "/" + name;
                   reply(std::move(output));
                 });
}

void head_bucket(const S3Ptr& s3, PermitPtr, sdk::Input input, sdk::Reply reply) {
  auto bucket = find_bucket(*s3, json::text_or(input.parameters, "Bucket"));
  if (!bucket) return reply(std::unexpected(as_s3_error(std::move(bucket).error())));
  sdk::Output output;
  output.result["BucketRegion"] = s3->parts.scope.region.text();
  reply(std::move(output));
}

void delete_bucket(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply) {
  auto bucket = find_bucket(*s3, json::text_or(input.parameters, "Bucket"));
  if (!bucket) return reply(std::unexpected(as_s3_error(std::move(bucket).error())));
  if (!bucket->record.app.empty()) {
    return reply(fail(
        Code::Conflict,
        "The bucket belongs to stack '" + bucket->record.app + "': remove it from the template",
        "OperationAborted"));
  }
  auto batch = mark(*s3, *bucket, true);
  s3->parts.log.submit(std::move(batch),
                       [s3, permit = std::move(permit), bucket = std::move(*bucket),
                        reply = std::move(reply)](Result<ports::Committed> done) mutable {
                         if (!done)
                           return reply(std::unexpected(as_s3_error(std::move(done).error())));
                         bucket.version = done->version;
                         finish_delete(s3, permit, std::move(bucket), std::move(reply));
                       });
}

void list_buckets(const S3Ptr& s3, PermitPtr permit, sdk::Input, sdk::Reply reply) {
  boost::json::array buckets;
  const auto listed = ports::for_each(
      s3->parts.state, store::keys::buckets(s3->parts.scope),
      [&](const ports::Entry& entry) -> Result<> {
        SX_TRY_AS(const auto record, store::decode_bucket(entry.value));
        buckets.push_back(boost::json::object{{"Name", record.name},
                                              {"CreationDate", iso8601_millis(record.created)}});
        return {};
      });
  if (!listed) return reply(std::unexpected(as_s3_error(listed.error())));
  sdk::Output output;
  output.result["Buckets"] = std::move(buckets);
  output.result["Owner"] = boost::json::object{{"ID", permit->call().scope.account.text()}};
  reply(std::move(output));
}

}  // namespace sextant::services::s3
