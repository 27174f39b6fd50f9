#include "intel/generators/balancer_key.h"

#include "core/time_text.h"

namespace sextant::intel {

std::string balancer_object_key(const GeneratorOptions& options, Time end, std::uint64_t number,
                                const BalancerObject& object) {
  const auto basic = iso8601_basic(end);  // 20260101T000000Z
  std::string key = "AWSLogs/" + options.account + "/elasticloadbalancing/" + options.region + "/" +
                    basic.substr(0, 4) + "/" + basic.substr(4, 2) + "/" + basic.substr(6, 2) + "/";
  key.append(object.prefix).append(options.account).append("_elasticloadbalancing_");
  key.append(options.region).append("_").append(object.balancer).append("_");
  key.append(basic.substr(0, 13)).append("Z_192.0.2.10_").append(std::to_string(number));
  return key.append(object.suffix);
}

}  // namespace sextant::intel
