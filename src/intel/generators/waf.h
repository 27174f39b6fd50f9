#pragma once
// Makes AWS WAF logs: the visitors of a shop behind a web ACL, what attackers send, and the odd
// entries that real logs hold.
#include "intel/generators/generator.h"

namespace sextant::intel {

inline constexpr Technique kWafTechniques[] = {
    Technique::SqlInjection, Technique::CrossSiteScripting, Technique::PathTraversal,
    Technique::VulnerabilityScan};

std::unique_ptr<LogGenerator> make_waf_generator(const GeneratorOptions& options);

}  // namespace sextant::intel
