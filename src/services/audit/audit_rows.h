#pragma once
// Audit records as rows of the lake table sextant_audit: the columns of CloudTrail's own table,
// made by the parser that fills that one, so that a rule or query for it reads both; and ours under
// sextant.audit.*.
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "core/columns.h"
#include "core/result.h"

namespace sextant::services::audit {

// Rows of CloudTrail's table in the making. The server gives the parser: services see no parsers.
class CloudTrailRows {
 public:
  virtual ~CloudTrailRows() = default;
  // The record becomes the next row. False, and there is no row, when it is none of CloudTrail's.
  virtual bool add(std::uint64_t sequence, std::string_view record) = 0;
  // The rows added since, with flat dotted names; empty after.
  virtual Result<BatchPtr> finish() = 0;
};
using MakeCloudTrailRows = std::function<std::unique_ptr<CloudTrailRows>()>;

class AuditRows {
 public:
  explicit AuditRows(std::unique_ptr<CloudTrailRows> cloudtrail);
  ~AuditRows();
  AuditRows(const AuditRows&) = delete;
  AuditRows& operator=(const AuditRows&) = delete;

  // What is none of CloudTrail's records becomes a row of its sequence and its text.
  void add(std::uint64_t sequence, std::string_view record);
  // The rows added since; null when there are none. Empty after. Errors: the parser's.
  Result<BatchPtr> finish();

 private:
  struct Columns;
  const std::unique_ptr<CloudTrailRows> cloudtrail_;
  std::unique_ptr<Columns> columns_;
};

}  // namespace sextant::services::audit
