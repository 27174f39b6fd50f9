#include <boost/json.hpp>
#include <utility>

#include "core/json.h"
#include "core/time_text.h"
#include "services/s3/handlers.h"
#include "services/s3/names.h"
#include "services/s3/records.h"
#include "store/bucket_mark.h"
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

store::BucketStore buckets_of(const S3Context& s3) {
  return {.scope = s3.parts.scope, .log = s3.parts.log, .state = s3.parts.state};
}

// A deletion that failed leaves the bucket usable.
void give_up(const S3Ptr& s3, store::MarkedBucket bucket, Error error, sdk::Reply reply) {
  store::unmark_bucket(buckets_of(*s3), std::move(bucket),
                       [s3, reply = std::move(reply), error = std::move(error)]() mutable {
                         reply(std::unexpected(std::move(error)));
                       });
}

void finish_delete(const S3Ptr& s3, const PermitPtr& permit, store::MarkedBucket bucket,
                   sdk::Reply reply) {
  auto empty = store::is_empty(buckets_of(*s3), BucketName(bucket.record.name));
  if (!empty || !*empty) {
    auto error = empty ? Error{Code::Conflict, "The bucket you tried to delete is not empty",
                               "BucketNotEmpty"}
                       : as_s3_error(std::move(empty).error());
    return give_up(s3, std::move(bucket), std::move(error), std::move(reply));
  }
  ports::Batch batch;
  batch.from_reserve = true;
  store::add_erase(s3->parts.scope, bucket, batch);
  permit->commit(
      std::move(batch), [s3, permit, bucket = std::move(bucket),
                         reply = std::move(reply)](Result<ports::Committed> done) mutable {
        if (done) return reply(sdk::Output{});
        give_up(s3, std::move(bucket), as_s3_error(std::move(done).error()), std::move(reply));
      });
}

}  // namespace

void create_bucket(const S3Ptr& s3, PermitPtr permit, sdk::Input input, sdk::Reply reply) {
  const auto name = json::text_or(input.parameters, "Bucket");
  const auto location = json::text_or(input.parameters, "LocationConstraint");
  const auto& region = s3->parts.scope.region.text();
  if (!location.empty() && location != region) {
    return reply(fail(Code::Invalid,
                      "The " + location.substr(0, 100) +
                          " location constraint is incompatible for the region specific endpoint "
                          "this request was sent to: this node is " +
                          region,
                      "IllegalLocationConstraintException"));
  }
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
  store::mark_bucket(buckets_of(*s3), std::move(bucket->record), bucket->version,
                     [s3, permit = std::move(permit),
                      reply = std::move(reply)](Result<store::MarkedBucket> marked) mutable {
                       if (!marked)
                         return reply(std::unexpected(as_s3_error(std::move(marked).error())));
                       finish_delete(s3, permit, std::move(*marked), std::move(reply));
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
