#pragma once
// Requests to an old shop behind a Classic Load Balancer, which passes TCP on as well, with attacks
// on web servers in between.
#include "intel/generators/generator.h"

namespace sextant::intel {

std::unique_ptr<LogGenerator> make_elb_generator(const GeneratorOptions& options);

}  // namespace sextant::intel
