#pragma once
// Access logs of Application Load Balancers -> table "alb". Source:
// docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html;
// columns are named as Elastic's integration for AWS names them (ECS 8).
#include "intel/parsers/line_reader.h"

namespace sextant::intel {

extern const Parser kAlb;

}  // namespace sextant::intel
