#pragma once
// Connection logs of Application Load Balancers -> table "alb_connection", one entry a connection,
// which "aws.elb.conn_trace_id" joins with its requests in "alb". Source: docs.aws.amazon.com/
// elasticloadbalancing/latest/application/load-balancer-connection-logs.html; columns are named as
// ECS 8 names them.
#include "intel/parsers/line_reader.h"

namespace sextant::intel {

extern const Parser kAlbConnection;

}  // namespace sextant::intel
