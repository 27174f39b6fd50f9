#include "guard/gate.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <utility>

#include "guard/audit/shown_names.h"
#include "guard/iam/evaluate.h"
#include "ports/in_doubt.h"

namespace sextant::guard {
namespace {

bool is_anonymous(const sdk::Call& call) {
  return call.principal.kind == sdk::PrincipalKind::Anonymous;
}

// CloudTrail tells the answers of changes, and of a few reads that hand something out.
bool is_answer_in_record(const Operation& operation) {
  const bool changes = operation.access == sdk::Access::Write &&
                       operation.category == sdk::EventCategory::Management;
  return changes || operation.answer_in_record;
}

sdk::Decision refusal(std::string reason) {
  return {.verdict = sdk::Verdict::Deny, .reason = std::move(reason), .deciding_statements = {}};
}

}  // namespace

void Permit::will_answer(const boost::json::object& result) {
  if (answer_in_record_) notes_.response = shown_answer(result);
}

void Permit::asked(const sdk::Call& inner, sdk::Decision decision) {
  notes_.decisions.push_back({inner.action, inner.resource, std::move(decision)});
}

void Permit::commit(ports::Batch batch, ports::CommitLog::OnDurable on_durable) {
  SX_CHECK(!recorded_->exchange(true));
  audit_.commit(
      std::move(batch), call_, decision_,
      [recorded = recorded_, done = std::move(on_durable)](auto committed) mutable {
        // Nothing was written: the permit is as good as before.
        if (!committed && !ports::may_have_happened(committed.error())) recorded->store(false);
        done(std::move(committed));
      },
      notes_);
}

Gate::Gate(Scope scope, const Clock& clock, const PolicySource& policies, AuditLog& audit,
           LongCalls* long_calls)
    : scope_(std::move(scope)),
      clock_(clock),
      policies_(policies),
      audit_(audit),
      long_calls_(long_calls) {}

sdk::Call Gate::call_of(const Operation& operation, Caller caller, const sdk::Input& input) const {
  return {.scope = scope_,
          .principal = std::move(caller.principal),
          .service = std::string(operation.service),
          .operation = std::string(operation.name),
          .action = std::string(operation.action),
          .resource = "*",
          .resource_owner = {},
          .context = std::move(caller.context),
          .access = operation.access,
          .category = operation.category,
          .request_id = std::move(caller.request_id),
          .time = clock_.now(),
          .trace = std::move(caller.trace),
          .source_ip = std::move(caller.source_ip),
          .user_agent = std::move(caller.user_agent),
          .request_parameters =
              shown_parameters(operation.service, input.parameters, operation.secret_parameters)};
}

void Gate::run(const Operation& operation, Caller caller, sdk::Input input, sdk::Reply reply) {
  caller.principal = policies_.current(std::move(caller.principal));
  if (operation.complete) operation.complete(caller.principal, input);
  auto call = call_of(operation, std::move(caller), input);
  auto target = operation.target(scope_, input);
  if (!target) {
    const auto decision = refusal("the request could not be read: " + target.error().message);
    return deny(call, decision, std::move(target).error(), std::move(reply));
  }
  call.resource = std::move(target->resource);
  // What the parameters say of a key outranks what the transport says.
  for (auto& [key, values] : target->context) call.context[key] = std::move(values);

  auto decision = judge(call);
  if (decision.verdict == sdk::Verdict::Allow) {
    const bool in_turn = operation.takes_long && long_calls_ != nullptr;
    const auto go_on = in_turn ? &Gate::run_in_turn : &Gate::run_allowed;
    return (this->*go_on)(operation, std::move(call), std::move(decision), std::move(input),
                          std::move(reply));
  }
  Error error{.code = Code::Denied, .message = decision.reason, .name = "AccessDenied"};
  deny(call, decision, std::move(error), std::move(reply));
}

void Gate::run_allowed(const Operation& operation, sdk::Call call, sdk::Decision decision,
                       sdk::Input input, sdk::Reply reply) {
  count(call, decision);
  const std::shared_ptr<Permit> permit(
      new Permit(std::move(call), std::move(decision), is_answer_in_record(operation), audit_));
  auto reply_when_recorded = [permit,
                              reply = std::move(reply)](Result<sdk::Output> output) mutable {
    if (permit->recorded_->exchange(true)) return reply(std::move(output));
    if (output) permit->will_answer(output->result);
    const auto told = output ? std::optional<Error>() : output.error();
    permit->audit_.record(
        permit->call_, permit->decision_, told ? &*told : nullptr,
        [reply = std::move(reply), output = std::move(output)](Result<> recorded) mutable {
          if (!recorded) return reply(std::unexpected(std::move(recorded).error()));
          reply(std::move(output));
        },
        permit->notes_);
  };
  operation.handle(permit, std::move(input), std::move(reply_when_recorded));
}

void Gate::run_in_turn(const Operation& operation, sdk::Call call, sdk::Decision decision,
                       sdk::Input input, sdk::Reply reply) {
  struct Waiting {
    sdk::Call call;
    sdk::Decision decision;
    sdk::Input input;
    sdk::Reply reply;
  };
  const std::shared_ptr<Waiting> waiting(
      new Waiting{std::move(call), std::move(decision), std::move(input), std::move(reply)});
  const bool starts = long_calls_->try_start([this, &operation, waiting] {
    run_allowed(operation, std::move(waiting->call), std::move(waiting->decision),
                std::move(waiting->input), std::move(waiting->reply));
  });
  if (starts) return;
  waiting->decision.verdict = sdk::Verdict::Throttle;
  waiting->decision.reason = "as many calls that take long are waiting as may; try again";
  Error error{Code::Exhausted, waiting->decision.reason, "ServiceUnavailable"};
  deny(waiting->call, waiting->decision, std::move(error), std::move(waiting->reply));
}

void Gate::deny(const sdk::Call& call, const sdk::Decision& decision, Error error,
                sdk::Reply reply) {
  count(call, decision);
  const auto told = error;
  auto done = [reply = std::move(reply), error = std::move(error)](Result<> recorded) mutable {
    reply(std::unexpected(recorded ? std::move(error) : std::move(recorded).error()));
  };
  if (is_anonymous(call)) return audit_.record_refused(call, decision, told, std::move(done));
  audit_.record(call, decision, &told, std::move(done));
}

void Gate::refuse(std::string_view service, std::string_view name, Caller caller, Error error,
                  sdk::Reply reply) {
  const Operation unknown{.service = service,
                          .name = name,
                          .action = {},
                          .access = sdk::Access::Write,
                          .category = sdk::EventCategory::Management,
                          .target = {},
                          .handle = {}};
  caller.principal = policies_.current(std::move(caller.principal));
  auto call = call_of(unknown, std::move(caller), {});
  const auto decision = refusal(error.message);
  deny(call, decision, std::move(error), std::move(reply));
}

sdk::Decision Gate::judge(const sdk::Call& call) const {
  return iam::evaluate(call, policies_.policies_for(call));
}

void Gate::count(const sdk::Call& call, const sdk::Decision& decision) const {
  counts_.add(call, decision.verdict);
}

}  // namespace sextant::guard
