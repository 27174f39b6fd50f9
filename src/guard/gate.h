#pragma once
// The gate: in front of every operation and every delivery. It gathers the policies that apply,
// decides purely, and makes sure that a record of the decision is in the audit log before anybody
// hears the answer.
#include <functional>
#include <memory>
#include <string>

#include "core/clock.h"
#include "core/result.h"
#include "guard/operation.h"
#include "ports/commit.h"
#include "sdk/call.h"
#include "sdk/service_caller.h"

namespace sextant::guard {

class AuditLog;      // guard/audit/audit_log.h
class PolicySource;  // guard/policy_source.h: which policies apply to a call, from a configuration
                     // snapshot

// Proof that the gate allowed a call, and the way to write under it. Only the gate makes one.
class Permit {
 public:
  const sdk::Call& call() const { return call_; }

  // Commits the operation's writes together with its audit record: both or neither. At most once
  // per permit; an operation that never commits (a read, or one that failed before) gets its record
  // by the gate, before the reply goes out. Errors as CommitLog::submit.
  void commit(ports::Batch batch, ports::CommitLog::OnDurable on_durable);

 private:
  friend class Gate;
  Permit(sdk::Call call, sdk::Decision decision, AuditLog& audit);
  sdk::Call call_;
  sdk::Decision decision_;
  AuditLog& audit_;
  bool recorded_ = false;
};

// Who calls and how, as the api layer (or the runtime, for a function's own calls) knows it.
struct Caller {
  sdk::Principal principal;
  RequestId request_id;
  Trace trace;
  std::string source_ip;
  std::string user_agent;
  sdk::ConditionContext
      context;  // aws:SecureTransport, aws:UserAgent, … beyond what the fields above say
};

class Gate {
 public:
  Gate(Scope scope, const Clock& clock, const PolicySource& policies, AuditLog& audit);

  // Judges the call; when allowed runs operation.handle, otherwise replies Denied ("AccessDenied").
  // In every case exactly one audit record of this call is durable before `reply` runs. Any thread.
  void run(const Operation& operation, Caller caller, sdk::Input input, sdk::Reply reply);

  // The pure part, for deliveries and simulations: no record is written.
  sdk::Decision judge(const sdk::Call& call) const;

 private:
  const Scope scope_;
  const Clock& clock_;
  const PolicySource& policies_;
  AuditLog& audit_;
};

}  // namespace sextant::guard
