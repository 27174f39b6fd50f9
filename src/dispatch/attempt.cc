#include "dispatch/attempt.h"

#include <random>
#include <span>
#include <utility>

#include "core/fault_point.h"
#include "core/log.h"
#include "core/random.h"
#include "dispatch/backoff.h"
#include "dispatch/judged_run.h"
#include "guard/audit/audit_log.h"
#include "ports/in_doubt.h"
#include "sdk/function.h"
#include "store/keys.h"

namespace sextant::dispatch {
namespace {

using runtime::native::Failure;
using runtime::native::Report;

// What an error of an attempt means for the next one.
enum class Retry {
  Never,    // the same input fails again
  ByCount,  // the function failed: as often as its EventInvokeConfig says
  ByAge,    // the platform could not: until the event is too old
};

Retry retry_of(const Error& error) {
  if (error.name == sdk::kTimedOut) return Retry::ByCount;
  switch (error.code) {
    case Code::Invalid: return Retry::Never;
    case Code::Denied:
    case Code::NotFound:
    case Code::Corrupt: return Retry::ByCount;
    case Code::Exhausted:
    case Code::Unavailable:
    case Code::Conflict: return Retry::ByAge;
  }
  return Retry::Never;
}

Duration jittered(const DispatcherOptions& options, std::uint64_t attempt) {
  thread_local std::mt19937_64 random{std::random_device{}()};
  return backoff({.first = options.backoff_first, .longest = options.backoff_max}, attempt, random);
}

// The state of one attempt between its beginning and its commit.
class Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  Attempt(const DispatcherParts& parts, const DispatcherOptions& options, Revisions& revisions)
      : parts_(parts), options_(options), revisions_(revisions), request_id_(make_uuid()) {}

  void run(const DueEntry& entry, bool held_back, const std::stop_token& stop,
           const Attempts::OnStaged& staged, Attempts::OnEnded ended) {
    ended_ = std::move(ended);
    if (held_back) classes_ = guard::EventClass::ConcurrencyLimit;
    if (auto loaded = load(entry.id); !loaded) {
      log::error("cannot read a delivery; trying again",
                 {{"delivery", entry.id.text()}, {"error", loaded.error().message}});
      return end(AttemptEnd::NotCommitted);
    }
    if (delivery_.outcome != store::OutcomeKind::Pending) {
      parts_.bodies.collect(delivery_.event.body);  // whoever ended it may not know that it did
      return end(AttemptEnd::Gone);
    }
    // Only after an attempt that does not know that it recorded its retry.
    if (delivery_.due > parts_.clock.now()) return end(AttemptEnd::Retried);
    delivery_.started = parts_.clock.now();
    auto revision = revisions_.pinned(delivery_.function, delivery_.revision);
    if (!revision) {
      function_ = deployed_function();  // its retries and destination hold though it cannot run
      is_deployed_ = function_ != nullptr;
      if (!is_deployed_) function_ = function_by_name();
      judge_.emplace(parts_, delivery_, *function_, request_id_);
      static_cast<void>(judge_->invoke());  // for the record: it cannot run anyway
      return failed(revision.error());
    }
    function_ = revision->function;
    delivery_.revision = revision->pipeline->revision();
    fault_point("dispatch.before_run");
    judge_.emplace(parts_, delivery_, *function_, request_id_);
    if (is_over_age()) return expired();
    auto result = judged_run(parts_, delivery_, *revision, *judge_, stop);
    fault_point("dispatch.after_run");
    if (!result.report) return failed(result.report.error());
    succeed(*result.report, std::move(result.landing), staged);
  }

 private:
  Result<> load(const DeliveryId& id) {
    SX_TRY_AS(const auto entry, parts_.state.get(store::keys::delivery(parts_.scope, id)));
    if (!entry) {
      delivery_.outcome = store::OutcomeKind::Dropped;  // expired long after its end
      return {};
    }
    version_ = entry->version;
    SX_TRY_AS(delivery_, store::decode_delivery(entry->value));
    return {};
  }

  std::shared_ptr<const model::Function> deployed_function() const {
    const auto configuration = parts_.configuration.current();
    const auto found = configuration->functions.find(delivery_.function);
    if (found == configuration->functions.end()) return nullptr;
    return {configuration, &found->second};
  }

  // What is known of one that is not deployed.
  std::shared_ptr<const model::Function> function_by_name() const {
    model::Function function;
    function.name = delivery_.function;
    function.arn = "arn:aws:lambda:" + parts_.scope.region.text() + ":" +
                   parts_.scope.account.text() + ":function:" + function.name.text();
    return std::make_shared<const model::Function>(std::move(function));
  }

  void succeed(const Report& report, std::unique_ptr<lake::Landing> landing,
               const Attempts::OnStaged& staged) {
    delivery_.outcome = store::OutcomeKind::Succeeded;
    delivery_.cause = std::nullopt;
    delivery_.rows_landed = report.rows - report.rows_malformed;
    delivery_.rows_malformed = report.rows_malformed;
    for (const auto& stage : report.stages) {
      delivery_.stages.push_back({stage.stage, stage.rows_in, stage.rows_out, stage.micros});
    }
    auto batch = outcome_batch();
    if (auto added = add_snapshots(batch, report.snapshots); !added)
      return undo_success({added.error(), ""});
    staged(landing->buffered_bytes());
    parts_.lander.land(
        std::move(landing), std::move(batch),
        [self = shared_from_this()](const Result<ports::Committed>& done) { self->landed(done); });
  }

  // What the lake refuses is the attempt's failure. A conflict is not: somebody ended the delivery.
  void landed(const Result<ports::Committed>& done) {
    const bool refused =
        !done && !ports::may_have_happened(done.error()) && done.error().code != Code::Conflict;
    if (has_snapshots_ && !refused) parts_.inventory->added();
    if (!refused) return committed(done, AttemptEnd::Ended);
    undo_success({done.error(), "lake.land"});
  }

  void undo_success(const Failure& failure) {
    delivery_.outcome = store::OutcomeKind::Pending;
    --delivery_.attempts;
    delivery_.ended = std::nullopt;
    delivery_.rows_landed = delivery_.rows_malformed = 0;
    delivery_.stages.clear();
    failed(failure);
  }

  Result<> add_snapshots(ports::Batch& batch,
                         const std::vector<sdk::InventorySnapshot>& snapshots) {
    if (snapshots.empty()) return {};
    if (parts_.inventory == nullptr) return fail(Code::Invalid, "this node keeps no inventory");
    has_snapshots_ = true;
    parts_.inventory->add(batch, snapshots);
    return {};
  }

  // As Lambda has it for events that waited too long (the node was down, or the function ran as
  // often as it may): they do not run any more.
  bool is_over_age() const {
    const std::chrono::seconds oldest(function_->retry.event_age_max_s);
    return parts_.clock.now() > delivery_.created + oldest;
  }

  void expired() {
    static_cast<void>(judge_->invoke());  // for the record
    too_old_ = true;
    delivery_.cause = store::Cause{
        .code = "EventAgeExceeded",
        .message = "the event waited longer than its function's MaximumEventAgeInSeconds, " +
                   std::to_string(function_->retry.event_age_max_s) + " s",
        .stage = ""};
    give_up();
  }

  void failed(const Failure& failure) {
    delivery_.cause = store::Cause{.code = std::string(name_of(failure.error)),
                                   .message = failure.error.message,
                                   .stage = failure.stage};
    if (const auto wait = next_attempt_in(failure.error)) return retry(*wait);
    give_up();
  }

  // nullopt when there is to be no further attempt.
  std::optional<Duration> next_attempt_in(const Error& error) {
    const auto& policy = function_->retry;
    const auto attempts = delivery_.attempts + 1;
    const auto kind = retry_of(error);
    if (kind == Retry::Never || !is_deployed_) return std::nullopt;
    if (kind == Retry::ByCount && attempts > static_cast<std::uint64_t>(policy.retries_max))
      return std::nullopt;
    const auto wait = jittered(options_, attempts);
    const auto oldest = delivery_.created + std::chrono::seconds(policy.event_age_max_s);
    too_old_ = parts_.clock.now() + wait > oldest;
    return too_old_ ? std::nullopt : std::optional(wait);
  }

  void retry(Duration wait) {
    ports::Batch batch;
    batch.erases.push_back(due_key());
    ++delivery_.attempts;
    delivery_.due = parts_.clock.now() + wait;
    batch.puts.push_back({due_key(), ""});
    finish(std::move(batch), std::nullopt, AttemptEnd::Retried);
  }

  void give_up() {
    delivery_.outcome = store::OutcomeKind::Dropped;
    ports::Batch batch;
    if (function_->retry.on_failure_arn) {
      if (auto sent = send_to_failure_destination(batch); sent) {
        delivery_.outcome = store::OutcomeKind::SentToFailureDestination;
      } else {
        batch = {};
        delivery_.cause->message +=
            "; the failure destination did not take it: " + sent.error().message;
      }
    }
    add_outcome(batch);
    submit(std::move(batch), AttemptEnd::Ended);
  }

  Result<> send_to_failure_destination(ports::Batch& batch) {
    const auto& arn = *function_->retry.on_failure_arn;
    const auto bucket = arn.substr(arn.rfind(':') + 1);
    const auto now = parts_.clock.now();
    const auto key = failure_key(delivery_, now);
    if (!judge_) judge_.emplace(parts_, delivery_, *function_, request_id_);
    SX_TRY(judge_->write_failure(bucket, key));
    auto told = delivery_;
    ++told.attempts;
    return parts_.failures.add(batch, bucket, key,
                               failure_document(told, function_->arn, too_old_, now));
  }

  ports::Batch outcome_batch() {
    ports::Batch batch;
    add_outcome(batch);
    return batch;
  }

  // The delivery leaves the queue and lets go of its bytes; its record stays for a while.
  void add_outcome(ports::Batch& batch) {
    batch.erases.push_back(due_key());
    ++delivery_.attempts;
    delivery_.ended = parts_.clock.now();
    store::BodyStore::release(batch, delivery_.event.body, referrer());
    add_record(batch, *delivery_.ended + options_.outcome_kept);
  }

  void finish(ports::Batch batch, std::optional<Time> expires_at, AttemptEnd end) {
    add_record(batch, expires_at);
    submit(std::move(batch), end);
  }

  void add_record(ports::Batch& batch, std::optional<Time> expires_at) {
    const auto key = store::keys::delivery(parts_.scope, delivery_.id);
    batch.conditions.push_back({key, version_});
    batch.puts.push_back({key, store::encode(delivery_), expires_at});
    parts_.audit.add(batch, guard::DeliveryAttempt{.delivery = delivery_,
                                                   .judged = judged(),
                                                   .request_id = request_id_,
                                                   .function_arn = function_->arn,
                                                   .classes = classes_});
  }

  std::span<const guard::JudgedCall> judged() const {
    return judge_ ? std::span(judge_->judged()) : std::span<const guard::JudgedCall>();
  }

  void submit(ports::Batch batch, AttemptEnd end) {
    fault_point("dispatch.before_commit");
    parts_.log.submit(std::move(batch),
                      [self = shared_from_this(), end](const Result<ports::Committed>& done) {
                        self->committed(done, end);
                      });
  }

  void committed(const Result<ports::Committed>& done, AttemptEnd how) {
    if (!done) {
      return end(ports::may_have_happened(done.error()) ? AttemptEnd::InDoubt
                                                        : AttemptEnd::NotCommitted);
    }
    fault_point("dispatch.after_commit");
    if (how == AttemptEnd::Ended) parts_.bodies.collect(delivery_.event.body);
    end(how);
  }

  void end(AttemptEnd how) {
    AttemptResult result{.end = how, .delivery = std::move(delivery_)};
    if (how == AttemptEnd::Retried) result.next = DueEntry{result.delivery.due, result.delivery.id};
    std::exchange(ended_, nullptr)(std::move(result));
  }

  std::string due_key() const {
    return store::keys::due(parts_.scope, delivery_.function, delivery_.due, delivery_.id);
  }
  std::string referrer() const { return store::keys::delivery_referrer(delivery_.id); }

  const DispatcherParts& parts_;
  const DispatcherOptions& options_;
  Revisions& revisions_;
  const RequestId request_id_;
  Attempts::OnEnded ended_;
  store::Delivery delivery_;
  std::uint64_t version_ = 0;
  bool too_old_ = false;  // for another attempt
  bool has_snapshots_ = false;
  guard::EventClasses classes_;
  bool is_deployed_ = true;
  std::shared_ptr<const model::Function> function_;
  std::optional<AttemptJudge> judge_;  // of the calls that this attempt makes
};

}  // namespace

Attempts::Attempts(const DispatcherParts& parts, const DispatcherOptions& options,
                   Revisions& revisions)
    : parts_(parts), options_(options), revisions_(revisions) {}

void Attempts::run(const DueEntry& entry, bool held_back, const std::stop_token& stop,
                   const OnStaged& staged, OnEnded ended) {
  std::make_shared<Attempt>(parts_, options_, revisions_)
      ->run(entry, held_back, stop, staged, std::move(ended));
}

}  // namespace sextant::dispatch
