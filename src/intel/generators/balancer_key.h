#pragma once
// Where load balancers put their logs: AWSLogs/<account>/elasticloadbalancing/<region>/yyyy/mm/dd/…
#include <string>
#include <string_view>

#include "intel/generators/generator.h"

namespace sextant::intel {

struct BalancerObject {
  std::string_view prefix = {};  // of the file's name: "conn_log."
  std::string_view balancer;     // as the file's name has it: "app.shop.50dc6c495c0c9188"
  std::string_view suffix = ".log.gz";
};
std::string balancer_object_key(const GeneratorOptions& options, Time end, std::uint64_t number,
                                const BalancerObject& object);

}  // namespace sextant::intel
