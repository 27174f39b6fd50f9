#pragma once
// TLS logs of Network Load Balancers -> table "nlb", one entry a connection. Source:
// docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html; columns
// are named as Elastic's integration for AWS names them (ECS 8).
#include "intel/parsers/line_reader.h"

namespace sextant::intel {

extern const Parser kNlb;

}  // namespace sextant::intel
