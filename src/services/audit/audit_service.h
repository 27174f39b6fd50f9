#pragma once
// The audit log's operations: is it whole, seal it now, its digests, the key that they are signed
// with. Served under /_sextant/audit/.
#include "core/id.h"
#include "guard/operation.h"
#include "ports/stream_log.h"
#include "services/audit/sealer.h"

namespace sextant::services::audit {

// All outlive the table.
struct AuditParts {
  Scope scope;
  const ports::StreamLog& streams;
  Sealer& sealer;
};

// VerifyAudit, SealAudit, ListAuditDigests, GetAuditPublicKey.
guard::OperationTable operations(AuditParts parts);

}  // namespace sextant::services::audit
