#pragma once
// Connections to a shop behind an Application Load Balancer, some of them with certificates of
// clients, and scanners that try what the balancer speaks.
#include "intel/generators/generator.h"

namespace sextant::intel {

std::unique_ptr<LogGenerator> make_alb_connection_generator(const GeneratorOptions& options);

}  // namespace sextant::intel
