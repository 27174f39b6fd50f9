#pragma once
// The audit log: every decision of the gate, as a chained record in the audit stream. A change's
// record is in the change's own batch; reads and refusals get a batch of their own, and whoever
// waits for the answer hears it only when the record is durable. The committer's group commit makes
// one fsync of many.
#include <functional>
#include <memory>
#include <string>

#include "core/clock.h"
#include "core/id.h"
#include "core/result.h"
#include "guard/audit/record.h"
#include "ports/commit.h"
#include "sdk/call.h"

namespace sextant::guard {

class RefusalCounter;  // audit/refusal_counter.h

class AuditLog {
 public:
  using OnRecorded = std::move_only_function<void(Result<>)>;

  // All outlive it. Destroyed, it writes the counts of refused calls that are still open.
  AuditLog(Scope scope, Clock& clock, ports::CommitLog& log);
  ~AuditLog();

  // Puts the record into the batch of the change it tells of: both or neither.
  // `notes`, here and below: what the operation tells of its call.
  void add(ports::Batch& batch, const sdk::Call& call, const sdk::Decision& decision,
           const CallNotes& notes = {}) const;
  void add(ports::Batch& batch, const DeliveryAttempt& attempt) const;

  // add() and submit in one: the way of a Permit.
  void commit(ports::Batch batch, const sdk::Call& call, const sdk::Decision& decision,
              ports::CommitLog::OnDurable on_durable, const CallNotes& notes = {});

  // Records a call that changes nothing, or that was refused. on_recorded runs once, on the
  // committer's thread, when the record is durable; its error is submit's.
  void record(const sdk::Call& call, const sdk::Decision& decision, const Error* error,
              OnRecorded on_recorded, const CallNotes& notes = {});

  // The same for a refused call without an authenticated principal, so that a flood cannot fill the
  // disk: the first of a source address in a second has its own record, durable before on_recorded
  // runs; the others of that second share one record with their count, written when the second is
  // over, and on_recorded runs at once.
  void record_refused(const sdk::Call& call, const sdk::Decision& decision, const Error& error,
                      OnRecorded on_recorded);

 private:
  void submit(std::string record, OnRecorded on_recorded) const;
  const std::string stream_;
  ports::CommitLog& log_;
  std::unique_ptr<RefusalCounter> refusals_;
};

}  // namespace sextant::guard
