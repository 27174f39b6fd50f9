#pragma once
// Access logs of Classic Load Balancers, HTTP and TCP -> table "elb". Source:
// docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html; columns are
// those of "alb", where they say the same.
#include "intel/parsers/line_reader.h"

namespace sextant::intel {

extern const Parser kElb;

}  // namespace sextant::intel
