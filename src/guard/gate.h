#pragma once
// The gate: in front of every operation and every delivery. It gathers the policies that apply,
// decides purely, and makes sure that a record of the decision is in the audit log before anybody
// hears the answer.
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "guard/audit/audit_log.h"
#include "guard/decision_counts.h"
#include "guard/long_calls.h"
#include "guard/operation.h"
#include "guard/policy_source.h"
#include "ports/commit.h"
#include "sdk/call.h"
#include "sdk/service_caller.h"

namespace sextant::guard {

// Proof that the gate allowed a call, and the way to write under it. Only the gate makes one.
class Permit {
 public:
  const sdk::Call& call() const { return call_; }
  // What the operation tells of its call, for the one record that the call has. Before it commits
  // or replies; one thread.
  void note(EventClasses classes) { notes_.classes.add(classes); }
  // What it will answer, should it be a change of the configuration: without secrets and by
  // CloudTrail's names it becomes responseElements.
  void will_answer(const boost::json::object& result);
  // What else the gate was asked for this call's sake, and what it said.
  void asked(const sdk::Call& inner, sdk::Decision decision);

  // Commits the operation's writes together with its audit record: both or neither. At most one
  // commit of a permit succeeds; after Conflict, Invalid or Exhausted, which wrote nothing, the
  // operation may commit again. An operation that never commits (a read, or one that failed before)
  // gets its record by the gate, before the reply goes out. Errors as CommitLog::submit.
  void commit(ports::Batch batch, ports::CommitLog::OnDurable on_durable);

 private:
  friend class Gate;
  Permit(sdk::Call call, sdk::Decision decision, bool answer_in_record, AuditLog& audit)
      : call_(std::move(call)),
        decision_(std::move(decision)),
        answer_in_record_(answer_in_record),
        audit_(audit) {}

  const sdk::Call call_;
  const sdk::Decision decision_;
  const bool answer_in_record_;
  AuditLog& audit_;
  CallNotes notes_;
  // Shared with the commit's callback, which may outlive the permit.
  std::shared_ptr<std::atomic<bool>> recorded_ = std::make_shared<std::atomic<bool>>(false);
};

// Who calls and how, as the api layer (or the runtime, for a function's own calls) knows it.
struct Caller {
  sdk::Principal principal;
  RequestId request_id = {};
  Trace trace = {};
  std::string source_ip = {};
  std::string user_agent = {};
  // aws:SecureTransport, aws:SourceArn, … beyond what the fields above say.
  sdk::ConditionContext context = {};
};

class Gate {
 public:
  // All outlive it. Without `long_calls` every handler runs on its caller's thread.
  Gate(Scope scope, const Clock& clock, const PolicySource& policies, AuditLog& audit,
       LongCalls* long_calls = nullptr);

  // Judges the call; when allowed runs operation.handle, otherwise replies Denied ("AccessDenied").
  // What takes long is judged at once and runs when its turn comes; beyond the bound of those that
  // wait the verdict is Throttle and the reply Exhausted ("ServiceUnavailable").
  // In every case exactly one audit record of this call is durable before `reply` runs (refused
  // anonymous calls: as AuditLog::record_refused counts them); when it cannot be written the reply
  // is that error. Any thread; reply runs on the handler's thread or on the committer's, so it must
  // be short.
  void run(const Operation& operation, Caller caller, sdk::Input input, sdk::Reply reply);

  // A request that failed before the gate could judge it: authentication or its wire format. Writes
  // the record, then replies with `error`. The caller's principal is Anonymous (perhaps with the
  // access key it claims) unless it was authenticated; then refusals are counted as in run().
  // `service` and `name` as far as they are known.
  void refuse(std::string_view service, std::string_view name, Caller caller, Error error,
              sdk::Reply reply);

  // The pure part, for deliveries and for what a call asks besides its own action (a role to be
  // passed, a table to be read): no record is written.
  sdk::Decision judge(const sdk::Call& call) const;
  // Counts a decision of judge() that stands in a record by another way: a delivery attempt's.
  void count(const sdk::Call& call, const sdk::Decision& decision) const;
  // How often it decided what since it was made, by service. Any thread.
  std::vector<metrics::Sample> decisions() const { return counts_.samples(); }

 private:
  sdk::Call call_of(const Operation& operation, Caller caller, const sdk::Input& input) const;
  void run_allowed(const Operation& operation, sdk::Call call, sdk::Decision decision,
                   sdk::Input input, sdk::Reply reply);
  void run_in_turn(const Operation& operation, sdk::Call call, sdk::Decision decision,
                   sdk::Input input, sdk::Reply reply);
  void deny(const sdk::Call& call, const sdk::Decision& decision, Error error, sdk::Reply reply);

  const Scope scope_;
  const Clock& clock_;
  const PolicySource& policies_;
  AuditLog& audit_;
  LongCalls* const long_calls_;
  mutable DecisionCounts counts_;
};

}  // namespace sextant::guard
