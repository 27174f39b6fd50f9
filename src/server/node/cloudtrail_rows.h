#pragma once
// What lands in the table "cloudtrail" when the threat app collects CloudTrail's logs, for rows of
// the node's own audit log: the same parser, and the columns of the enrichers behind it. Source
// addresses get their class; places of them (source.geo.*, source.as.*) stay empty, since which
// databases there are is the app's business.
#include <memory>

#include "core/id.h"
#include "services/audit/audit_rows.h"

namespace sextant::server {

// log.file.path of the rows is the audit log's stream, log.offset a record's sequence.
std::unique_ptr<services::audit::CloudTrailRows> make_cloudtrail_rows(const Scope& scope);

}  // namespace sextant::server
