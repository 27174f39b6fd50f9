#pragma once
// TLS connections through a Network Load Balancer to brokers of messages, and scanners that try
// what the balancer speaks.
#include "intel/generators/generator.h"

namespace sextant::intel {

std::unique_ptr<LogGenerator> make_nlb_generator(const GeneratorOptions& options);

}  // namespace sextant::intel
