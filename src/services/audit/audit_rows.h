#pragma once
// Audit records as rows of the lake table sextant_audit: CloudTrail's fields under the ECS names
// that CloudTrail's own table has (aws.cloudtrail.*), so that one rule reads both, and ours under
// sextant.audit.*.
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/columns.h"

namespace sextant::services::audit {

class AuditRows {
 public:
  AuditRows();
  ~AuditRows();
  AuditRows(const AuditRows&) = delete;
  AuditRows& operator=(const AuditRows&) = delete;

  // A record that is no JSON object becomes a row of its sequence and its text.
  void add(std::uint64_t sequence, std::string_view record);
  // The rows added since, with flat dotted names and `ts`; null when there are none. Empty after.
  BatchPtr finish();

 private:
  struct Columns;
  std::unique_ptr<Columns> columns_;
};

}  // namespace sextant::services::audit
