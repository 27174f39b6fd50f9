#pragma once
// Makes Route 53 Resolver query logs: what the hosts of a shop ask for, and the odd lines that real
// logs hold.
#include "intel/generators/generator.h"

namespace sextant::intel {

inline constexpr Technique kDnsTechniques[] = {Technique::DnsTunnelling};

std::unique_ptr<LogGenerator> make_route53_resolver_generator(const GeneratorOptions& options);

}  // namespace sextant::intel
