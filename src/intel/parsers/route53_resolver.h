#pragma once
// Route 53 Resolver query logs, a JSON object each line -> table "route53_resolver". Source:
// docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html; columns are
// named as Elastic's integration for AWS names them (ECS 8).
#include "intel/parsers/line_reader.h"

namespace sextant::intel {

extern const Parser kRoute53Resolver;

}  // namespace sextant::intel
