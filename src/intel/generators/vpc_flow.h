#pragma once
// Makes VPC flow logs: a shop's network interfaces talking to visitors and to each other, and the
// odd lines that real logs hold, headings of other formats in the middle among them.
#include "intel/generators/generator.h"

namespace sextant::intel {

inline constexpr Technique kVpcTechniques[] = {Technique::PortScan};

std::unique_ptr<LogGenerator> make_vpc_flow_generator(const GeneratorOptions& options);

}  // namespace sextant::intel
