#pragma once
// AWS WAF logs, v1 ("Classic") and v2, a JSON object each line -> table "waf". Source:
// docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html; columns are named as Elastic's
// integration for AWS names them (ECS 8).
#include "intel/parsers/line_reader.h"

namespace sextant::intel {

extern const Parser kWaf;

}  // namespace sextant::intel
