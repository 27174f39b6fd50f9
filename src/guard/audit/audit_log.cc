#include "guard/audit/audit_log.h"

#include <utility>

#include "core/log.h"
#include "guard/audit/refusal_counter.h"
#include "store/keys.h"

namespace sextant::guard {
AuditLog::AuditLog(Scope scope, Clock& clock, ports::CommitLog& log)
    : stream_(store::keys::audit_stream(scope)),
      log_(log),
      refusals_(std::make_unique<RefusalCounter>(
          std::move(scope), clock, [this](const RefusedCalls& refused) {
            submit(refused_calls_record(refused), [](const Result<>& recorded) {
              if (recorded) return;
              log::error("a count of refused calls is not in the audit log",
                         {{"error", recorded.error().message}});
            });
          })) {}

AuditLog::~AuditLog() = default;

void AuditLog::submit(std::string record, OnRecorded on_recorded) const {
  ports::Batch batch;
  batch.appends.push_back({.stream = stream_, .payload = std::move(record), .chained = true});
  batch.from_reserve = true;  // on a full disk, what is there is still read
  log_.submit(std::move(batch), [done = std::move(on_recorded)](auto committed) mutable {
    if (!committed) return done(std::unexpected(std::move(committed).error()));
    done({});
  });
}

void AuditLog::add(ports::Batch& batch, const sdk::Call& call, const sdk::Decision& decision,
                   const CallNotes& notes) const {
  batch.appends.push_back(
      {.stream = stream_, .payload = call_record(call, decision, nullptr, notes), .chained = true});
}

void AuditLog::add(ports::Batch& batch, const DeliveryAttempt& attempt) const {
  batch.appends.push_back({.stream = stream_, .payload = attempt_record(attempt), .chained = true});
}

void AuditLog::commit(ports::Batch batch, const sdk::Call& call, const sdk::Decision& decision,
                      ports::CommitLog::OnDurable on_durable, const CallNotes& notes) {
  add(batch, call, decision, notes);
  log_.submit(std::move(batch), std::move(on_durable));
}

void AuditLog::record(const sdk::Call& call, const sdk::Decision& decision, const Error* error,
                      OnRecorded on_recorded, const CallNotes& notes) {
  submit(call_record(call, decision, error, notes), std::move(on_recorded));
}

void AuditLog::record_refused(const sdk::Call& call, const sdk::Decision& decision,
                              const Error& error, OnRecorded on_recorded) {
  if (!refusals_->is_first(call, name_of(error))) return on_recorded({});
  record(call, decision, &error, std::move(on_recorded));
}

}  // namespace sextant::guard
