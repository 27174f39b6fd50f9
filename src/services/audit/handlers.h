#pragma once
// The audit log's operations, one function each.
#include "services/audit/audit_service.h"

namespace sextant::services::audit {

// Recomputes the chain, and checks it against the node's own digests and against those of the
// parameter Checkpoints: a list of {sequence, hash, source}, in order.
Result<sdk::Output> verify_audit(const AuditParts& parts, const sdk::Input& input);
Result<sdk::Output> seal_audit(const AuditParts& parts, const sdk::Input& input);
// One page of digests by number: parameters After (a number), MaxItems.
Result<sdk::Output> list_digests(const AuditParts& parts, const sdk::Input& input);
Result<sdk::Output> get_public_key(const AuditParts& parts, const sdk::Input& input);

}  // namespace sextant::services::audit
