#include "services/s3/object_change.h"

#include <utility>

#include "core/fault_point.h"
#include "patterns/event/object_writer.h"
#include "ports/in_doubt.h"
#include "services/s3/handlers.h"
#include "services/s3/names.h"
#include "services/s3/received_body.h"
#include "services/s3/records.h"
#include "store/keys.h"

namespace sextant::services::s3 {
namespace {

constexpr int kTriesMax = 16;

std::string unquoted(std::string_view etag) {
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') {
    etag = etag.substr(1, etag.size() - 2);
  }
  return std::string(etag);
}

Result<> check(const Preconditions& preconditions,
               const std::optional<Versioned<store::ObjectRecord>>& current) {
  if (preconditions.if_none_match == "*" && current) {
    return fail(Code::Conflict, "At least one of the pre-conditions you specified did not hold",
                "PreconditionFailed");
  }
  if (preconditions.if_match.empty()) return {};
  if (!current) return fail(Code::NotFound, "The specified key does not exist.", "NoSuchKey");
  if (preconditions.if_match != "*" && unquoted(preconditions.if_match) != current->record.etag) {
    return fail(Code::Conflict, "At least one of the pre-conditions you specified did not hold",
                "PreconditionFailed");
  }
  return {};
}

class ChangeCommit : public std::enable_shared_from_this<ChangeCommit> {
 public:
  ChangeCommit(std::shared_ptr<S3Context> s3, ObjectChange change,
               std::move_only_function<void(Result<>)> on_done)
      : s3_(std::move(s3)), change_(std::move(change)), on_done_(std::move(on_done)) {}

  void attempt() {
    auto batch = make_batch();
    if (!batch) return failed(std::move(batch).error());
    change_.permit->commit(std::move(*batch),
                           [self = shared_from_this()](const Result<ports::Committed>& committed) {
                             self->committed(committed);
                           });
  }

 private:
  Result<ports::Batch> make_batch() {
    const auto& scope = s3_->parts.scope;
    ports::Batch batch;
    SX_TRY_AS(const auto bucket, find_bucket(*s3_, change_.bucket));
    SX_TRY_AS(current_, find_object(*s3_, change_.bucket, change_.key));
    SX_TRY(check(change_.preconditions, current_));
    const auto object_key = store::keys::object(scope, BucketName(change_.bucket), change_.key);
    batch.conditions.push_back(
        {store::keys::bucket(scope, BucketName(change_.bucket)), bucket.version});
    batch.conditions.push_back(
        {object_key, current_ ? std::optional(current_->version) : std::nullopt});
    const auto referrer = store::keys::object_referrer(change_.bucket, change_.key);
    if (current_) store::BodyStore::release(batch, current_->record.body, referrer);
    if (change_.record) {
      change_.record->modified = s3_->parts.clock.now();
      change_.record->sequencer = s3_->sequencer.next(change_.record->modified);
      if (change_.staged) store::BodyStore::add(batch, *change_.staged, referrer);
      store::BodyStore::refer(batch, change_.record->body, referrer);
      batch.puts.push_back({object_key, store::encode(*change_.record)});
    } else {
      if (current_) batch.erases.push_back(object_key);
      batch.from_reserve = true;  // on a full disk, deleting is what makes room
    }
    if (change_.extra) SX_TRY(change_.extra(batch));
    if (change_.record || current_) SX_TRY(add_events(batch));
    return batch;
  }

  Result<> add_events(ports::Batch& batch) {
    const auto& call = change_.permit->call();
    store::Event event{.trigger = store::TriggerKind::Bucket,
                       .name = change_.event_name,
                       .source_arn = bucket_arn(change_.bucket),
                       .notification_id = {},
                       .bucket = change_.bucket,
                       .key = change_.key,
                       .etag = {},
                       .sequencer = {},
                       .principal_id = call.principal.principal_id,
                       .source_ip = call.source_ip,
                       .request_id = call.request_id.text(),
                       .size = 0,
                       .body = {},
                       .time = call.time};
    if (change_.record) {
      event.etag = change_.record->etag;
      event.sequencer = change_.record->sequencer;
      event.size = change_.record->size;
      event.body = change_.record->body;
      event.time = change_.record->modified;
    } else {
      event.sequencer = s3_->sequencer.next(call.time);
    }
    SX_TRY_AS(deliveries_, s3_->parts.events.add(batch, event, call.trace));
    if (!change_.has_to_start_one || !deliveries_.empty()) return {};
    return fail(Code::Unavailable, "no function is started by this object",
                std::string(patterns::event::kStartsNothing));
  }

  void committed(const Result<ports::Committed>& committed) {
    if (!committed && committed.error().code == Code::Conflict && --tries_left_ > 0)
      return attempt();
    if (!committed) {
      if (ports::may_have_happened(committed.error()))
        s3_->parts.events.wake_unconfirmed(deliveries_);
      return failed(committed.error());
    }
    fault_point("s3.after_commit");
    s3_->parts.events.wake(deliveries_);
    if (current_) s3_->parts.bodies.collect(current_->record.body);
    s3_->parts.bodies.collect(change_.extra_released);
    on_done_({});
  }

  void failed(Error error) {
    if (change_.staged) collect_unused(*s3_, *change_.staged, error);
    on_done_(std::unexpected(as_s3_error(std::move(error))));
  }

  std::shared_ptr<S3Context> s3_;
  ObjectChange change_;
  std::move_only_function<void(Result<>)> on_done_;
  std::optional<Versioned<store::ObjectRecord>> current_;
  std::vector<store::Delivery> deliveries_;
  int tries_left_ = kTriesMax;
};

}  // namespace

void commit_change(std::shared_ptr<S3Context> s3, ObjectChange change,
                   std::move_only_function<void(Result<>)> on_done) {
  std::make_shared<ChangeCommit>(std::move(s3), std::move(change), std::move(on_done))->attempt();
}

}  // namespace sextant::services::s3
