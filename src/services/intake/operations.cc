#include <array>
#include <boost/json.hpp>
#include <memory>
#include <utility>

#include "core/json.h"
#include "guard/intake_role.h"
#include "services/intake/handlers.h"

namespace sextant::services::intake {
namespace {

metrics::Counter& batches(metrics::Registry& registry, const char* outcome) {
  return registry.counter("sextant_intake_batches_total", "Batches pushed to the HTTP intake",
                          {{"outcome", outcome}});
}

Result<guard::Target> source_target(const Scope& scope, const std::string& kind,
                                    const std::string& name) {
  SX_TRY(check_source_name(name));
  SX_TRY(check_kind(kind));
  return guard::Target{.resource = guard::intake_arn(scope, kind, name)};
}

Result<guard::Target> batch_target(const Scope& scope, const sdk::Input& input) {
  return source_target(scope, json::text_or(input.parameters, "Kind"),
                       json::text_or(input.parameters, "Source"));
}

Result<guard::Target> new_source_target(const Scope& scope, const sdk::Input& input) {
  return source_target(scope, json::text_or(input.parameters, "Kind"),
                       json::text_or(input.parameters, "Name"));
}

// A token speaks for its own source; who signs says which.
void complete_source(const sdk::Principal& principal, sdk::Input& input) {
  if (const auto source = guard::intake_source_of(principal); !source.empty())
    input.parameters["Source"] = source;
}

using Handle = void (*)(const IntakePtr&, PermitPtr, sdk::Input, sdk::Reply);

guard::Operation operation(const IntakePtr& intake, std::string_view name, std::string_view action,
                           Handle handle) {
  return {.service = "sextant",
          .name = name,
          .action = action,
          .target = {},
          .handle = [intake, handle](PermitPtr permit, sdk::Input input, sdk::Reply reply) {
            handle(intake, std::move(permit), std::move(input), std::move(reply));
          }};
}

}  // namespace

IntakeContext::IntakeContext(IntakeParts with)
    : parts(std::move(with)),
      accepted(batches(parts.metrics, "accepted")),
      repeated(batches(parts.metrics, "repeated")),
      throttled(batches(parts.metrics, "throttled")),
      lines(parts.metrics.counter("sextant_intake_lines_total", "Lines of accepted batches")),
      bytes(parts.metrics.counter("sextant_intake_bytes_total",
                                  "Bytes of accepted batches, as they were sent")) {}

Result<> may_put(const IntakeContext& intake, guard::Permit& permit, const std::string& bucket,
                 const std::string& key) {
  auto put = permit.call();
  put.service = "s3";
  put.operation = "PutObject";
  put.action = "s3:PutObject";
  put.resource = "arn:aws:s3:::" + bucket + "/" + key;
  const auto decision = intake.parts.judge(put);
  permit.asked(put, decision);
  if (decision.verdict == sdk::Verdict::Allow) return {};
  return fail(Code::Denied, decision.reason, "AccessDenied");
}

guard::OperationTable operations(IntakeParts parts) {
  const auto intake = std::make_shared<IntakeContext>(std::move(parts));
  guard::OperationTable table;
  auto& put =
      table.emplace_back(operation(intake, "PutIntakeBatch", "sextant:PutIntakeBatch", put_batch));
  put.category = sdk::EventCategory::Data;
  put.target = batch_target;
  put.complete = complete_source;
  auto& create = table.emplace_back(
      operation(intake, "CreateIntakeSource", "sextant:CreateIntakeSource", create_source));
  create.target = new_source_target;
  auto& list = table.emplace_back(
      operation(intake, "ListIntakeSources", "sextant:ListIntakeSources", list_sources));
  list.access = sdk::Access::Read;
  list.target = [](const Scope&, const sdk::Input&) -> Result<guard::Target> {
    return guard::Target{};
  };
  auto& revoke = table.emplace_back(
      operation(intake, "RevokeIntakeSource", "sextant:RevokeIntakeSource", revoke_source));
  revoke.target = [intake](const Scope& scope, const sdk::Input& input) {
    const auto name = json::text_or(input.parameters, "Name");
    const auto source = intake->parts.tokens.find_source(name);
    return source_target(scope, source == nullptr ? "unknown" : source->kind, name);
  };
  return table;
}

}  // namespace sextant::services::intake
