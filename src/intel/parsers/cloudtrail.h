#pragma once
// CloudTrail's records of API calls, sign-ins and insights, and its digests -> table "cloudtrail".
// Source: docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-
// contents.html; columns are named as Elastic's integration for AWS names them (ECS 8).
#include "intel/parsers/line_reader.h"

namespace sextant::intel {

extern const Parser kCloudTrail;

}  // namespace sextant::intel
