#pragma once
// Makes access logs of an Application Load Balancer: the traffic of a shop with regular visitors,
// bots, IPv6, and the odd lines that real logs hold.
#include "intel/generators/generator.h"

namespace sextant::intel {

std::unique_ptr<LogGenerator> make_alb_generator(const GeneratorOptions& options);

}  // namespace sextant::intel
