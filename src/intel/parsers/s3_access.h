#pragma once
// Server access logs of S3 buckets -> table "s3_access". Source:
// docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html; columns are named as Elastic's
// integration for AWS names them (ECS 8), and the requester's address is "source.ip" too, as in all
// other kinds.
#include "intel/parsers/line_reader.h"

namespace sextant::intel {

extern const Parser kS3Access;

}  // namespace sextant::intel
