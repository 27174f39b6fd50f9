#pragma once
// Makes CloudTrail's files: what the people, programs and services of a shop do in their account,
// attackers who found a key, and the odd records that real trails hold.
#include "intel/generators/generator.h"

namespace sextant::intel {

inline constexpr Technique kCloudTrailTechniques[] = {
    Technique::CallFromAbroad, Technique::RootLogin, Technique::SecurityGroupOpened,
    Technique::SecurityGroupModified, Technique::PublicBucket};

std::unique_ptr<LogGenerator> make_cloudtrail_generator(const GeneratorOptions& options);

}  // namespace sextant::intel
