#pragma once
// VPC flow logs as text -> table "vpc_flow". The first line of an object names its fields, in any
// order; without one they are those of version 2. Source:
// docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html; columns are named as Elastic's
// integration for AWS names them (ECS 8).
#include "intel/parsers/line_reader.h"

namespace sextant::intel {

extern const Parser kVpcFlow;

}  // namespace sextant::intel
