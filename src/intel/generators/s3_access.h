#pragma once
// Makes server access logs of S3 buckets: a public website's files, an application's objects, the
// services' own deliveries and lifecycle, and the odd lines that real logs hold.
#include "intel/generators/generator.h"

namespace sextant::intel {

inline constexpr Technique kS3Techniques[] = {Technique::BucketDiscovery,
                                              Technique::BucketExfiltration};

std::unique_ptr<LogGenerator> make_s3_access_generator(const GeneratorOptions& options);

}  // namespace sextant::intel
