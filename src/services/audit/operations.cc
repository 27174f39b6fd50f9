#include <array>
#include <memory>
#include <utility>

#include "services/audit/handlers.h"

namespace sextant::services::audit {
namespace {

struct Row {
  std::string_view name;
  sdk::Access access;
  std::string_view action;
  Result<sdk::Output> (*handle)(const AuditParts&, const sdk::Input&);
};

constexpr std::array kRows{
    Row{"VerifyAudit", sdk::Access::Read, "sextant:VerifyAudit", verify_audit},
    Row{"SealAudit", sdk::Access::Write, "sextant:SealAudit", seal_audit},
    Row{"ListAuditDigests", sdk::Access::Read, "sextant:ListAuditDigests", list_digests},
    Row{"GetAuditPublicKey", sdk::Access::Read, "sextant:GetAuditPublicKey", get_public_key},
};

}  // namespace

guard::OperationTable operations(AuditParts parts) {
  const auto shared = std::make_shared<const AuditParts>(std::move(parts));
  guard::OperationTable table;
  for (const auto& row : kRows) {
    table.push_back({.service = "sextant",
                     .name = row.name,
                     .action = row.action,
                     .access = row.access,
                     .category = sdk::EventCategory::Management,
                     .target = [](const Scope&, const sdk::Input&) -> Result<guard::Target> {
                       return guard::Target{};
                     },
                     .handle = [shared, handle = row.handle](
                                   const std::shared_ptr<guard::Permit>&, sdk::Input input,
                                   sdk::Reply reply) { reply(handle(*shared, input)); },
                     .takes_long = true});  // each reads the log, or waits for a commit
  }
  return table;
}

}  // namespace sextant::services::audit
