#include "dispatch/judged_run.h"

#include <exception>
#include <set>
#include <utility>

#include "guard/gate.h"

namespace sextant::dispatch {
namespace {

using runtime::native::Failure;
using runtime::native::Report;

std::string trigger_service(store::TriggerKind) { return "s3.amazonaws.com"; }

// The calls that an attempt makes: the source invokes the function, the function's role reads the
// object and lands rows in tables.
class Judge {
 public:
  Judge(const DispatcherParts& parts, const store::Delivery& delivery,
        const model::Function& function, const RequestId& request_id)
      : parts_(parts), delivery_(delivery), function_(function), request_id_(request_id) {}

  Result<> invoke() {
    auto call = base("lambda", "Invoke", "lambda:InvokeFunction", function_.arn);
    call.principal.kind = sdk::PrincipalKind::Service;
    call.principal.service = trigger_service(delivery_.event.trigger);
    call.principal.principal_id = call.principal.service;
    call.context["aws:SourceArn"] = {delivery_.event.source_arn};
    call.context["aws:SourceAccount"] = {parts_.scope.account.text()};
    call.source_ip = call.principal.service;
    call.category = sdk::EventCategory::Data;
    return judge(std::move(call));
  }

  Result<> read_object() {
    return judge(
        as_role(base("s3", "GetObject", "s3:GetObject",
                     "arn:aws:s3:::" + delivery_.event.bucket + "/" + delivery_.event.key)));
  }

  Result<> land_in(const model::Table& table) {
    return judge(
        as_role(base("glue", "BatchCreatePartition", "glue:BatchCreatePartition", table.arn)));
  }

  std::vector<guard::JudgedCall> take() { return std::move(judged_); }

 private:
  sdk::Call base(std::string service, std::string operation, std::string action,
                 std::string resource) const {
    sdk::Call call;
    call.scope = parts_.scope;
    call.service = std::move(service);
    call.operation = std::move(operation);
    call.action = std::move(action);
    call.resource = std::move(resource);
    call.request_id = request_id_;
    call.time = parts_.clock.now();
    call.trace = delivery_.trace;
    call.principal.account = parts_.scope.account;
    return call;
  }

  sdk::Call as_role(sdk::Call call) const {
    const auto name = function_.role_arn.substr(function_.role_arn.rfind('/') + 1);
    call.principal.kind = sdk::PrincipalKind::AssumedRole;
    call.principal.role_arn = function_.role_arn;
    call.principal.arn = "arn:aws:sts::" + parts_.scope.account.text() + ":assumed-role/" + name +
                         "/" + function_.name.text();
    call.principal.principal_id = name + ":" + function_.name.text();
    call.source_ip = "lambda.amazonaws.com";
    call.category = sdk::EventCategory::Data;
    return call;
  }

  Result<> judge(sdk::Call call) {
    auto decision = parts_.gate.judge(call);
    const bool allowed = decision.verdict == sdk::Verdict::Allow;
    auto reason = decision.reason;
    judged_.push_back({std::move(call), std::move(decision)});
    if (allowed) return {};
    return fail(Code::Denied, std::move(reason), "AccessDenied");
  }

  const DispatcherParts& parts_;
  const store::Delivery& delivery_;
  const model::Function& function_;
  const RequestId& request_id_;
  std::vector<guard::JudgedCall> judged_;
};

sdk::Source source_of(const store::Event& event) {
  return {.path = "s3://" + event.bucket + "/" + event.key,
          .object_version = event.sequencer,
          .size = event.size,
          .received = event.time};
}

// Rows go to declared tables only, each of which the role must be allowed to land in.
class Landings {
 public:
  Landings(const DispatcherParts& parts, Judge& judge, lake::Landing& landing)
      : configuration_(parts.configuration.current()), judge_(judge), landing_(landing) {}

  Result<> take(const sdk::Rows& rows) {
    const TableName name(rows.table);
    if (!allowed_.contains(name)) {
      const auto table = configuration_->tables.find(name);
      if (table == configuration_->tables.end()) {
        return fail(Code::NotFound,
                    "table '" + rows.table +
                        "' is not declared: add an AWS::Glue::Table of that name to the template",
                    "EntityNotFoundException");
      }
      SX_TRY(judge_.land_in(table->second));
      allowed_.insert(name);
    }
    return landing_.add(name, rows.batch);
  }

 private:
  std::shared_ptr<const store::Configuration> configuration_;
  Judge& judge_;
  lake::Landing& landing_;
  std::set<TableName> allowed_;
};

std::unexpected<Failure> failed(Error error) {
  return std::unexpected(Failure{std::move(error), ""});
}

std::expected<Report, Failure> run(const DispatcherParts& parts, const store::Delivery& delivery,
                                   const Revision& revision, Judge& judge, lake::Landing& landing) {
  if (auto allowed = judge.invoke(); !allowed) return failed(std::move(allowed).error());
  if (auto allowed = judge.read_object(); !allowed) return failed(std::move(allowed).error());
  auto reader = parts.bodies.open(delivery.event.body);
  if (!reader) return failed(std::move(reader).error());
  std::uint64_t offset = 0;
  const auto read = [&](std::span<char> into) -> Result<std::size_t> {
    SX_TRY_AS(const auto count, (*reader)->read_at(offset, into));
    offset += count;
    return count;
  };
  Landings landings(parts, judge, landing);
  const auto timeout = std::chrono::seconds(revision.function->timeout_s);
  return revision.pipeline->run(source_of(delivery.event), read,
                                [&](const sdk::Rows& rows) { return landings.take(rows); },
                                {.clock = parts.clock, .deadline = parts.clock.now() + timeout});
}

}  // namespace

RunResult judged_run(const DispatcherParts& parts, const store::Delivery& delivery,
                     const Revision& revision, const RequestId& request_id) {
  Judge judge(parts, delivery, *revision.function, request_id);
  RunResult result{.landing = parts.lander.open(), .report = Report{}, .judged = {}};
  try {
    result.report = run(parts, delivery, revision, judge, *result.landing);
  } catch (const std::exception& thrown) {  // a library's, out of a stage: memory, above all
    result.report = failed({Code::Exhausted, thrown.what(), "Runtime.Unhandled"});
  }
  result.judged = judge.take();
  return result;
}

}  // namespace sextant::dispatch
