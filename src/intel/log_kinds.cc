#include "intel/log_kinds.h"

#include <algorithm>

#include "intel/generators/alb.h"
#include "intel/generators/alb_connection.h"
#include "intel/generators/cloudtrail.h"
#include "intel/generators/elb.h"
#include "intel/generators/nlb.h"
#include "intel/generators/route53_resolver.h"
#include "intel/generators/s3_access.h"
#include "intel/generators/vpc_flow.h"
#include "intel/generators/waf.h"
#include "intel/parsers/alb.h"
#include "intel/parsers/alb_connection.h"
#include "intel/parsers/cloudtrail.h"
#include "intel/parsers/elb.h"
#include "intel/parsers/nlb.h"
#include "intel/parsers/route53_resolver.h"
#include "intel/parsers/s3_access.h"
#include "intel/parsers/vpc_flow.h"
#include "intel/parsers/waf.h"

namespace sextant::intel {

std::span<const LogKind> log_kinds() {
  static const LogKind kKinds[] = {
      {&kAlb, make_alb_generator, kWebTechniques},
      {&kAlbConnection, make_alb_connection_generator, kTlsTechniques},
      {&kNlb, make_nlb_generator, kTlsTechniques},
      {&kElb, make_elb_generator, kWebTechniques},
      {&kS3Access, make_s3_access_generator, kS3Techniques},
      {&kVpcFlow, make_vpc_flow_generator, kVpcTechniques},
      {&kRoute53Resolver, make_route53_resolver_generator, kDnsTechniques},
      {&kWaf, make_waf_generator, kWafTechniques},
      {&kCloudTrail, make_cloudtrail_generator, kCloudTrailTechniques},
  };
  return kKinds;
}

const LogKind* find_log_kind(std::string_view name) {
  const auto kinds = log_kinds();
  const auto found = std::ranges::find(kinds, name, &LogKind::name);
  return found == kinds.end() ? nullptr : &*found;
}

}  // namespace sextant::intel
