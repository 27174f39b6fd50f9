#pragma once
// Which files of a partition are to become one. Pure. Small files are merged with those of about
// their size, so that each row is written anew a few times only, however many files come.
#include <chrono>
#include <cstdint>
#include <vector>

#include "core/clock.h"
#include "lake/manifest.h"

namespace sextant::lake {

struct MergeLimits {
  std::uint64_t file_bytes = 128ull
                             << 20;  // what a file should have; below half of it, it is small
  std::size_t files_min = 16;        // small ones, while the partition still gets files
  std::size_t files_max = 256;       // of one merge
  Duration quiet = std::chrono::minutes(10);  // a partition that got none for so long is at rest
};

// Of all files of one partition, those to merge, in the order of their times; none when it is good
// as it is.
std::vector<StoredFile> plan_merge(std::vector<StoredFile> partition, Time now,
                                   const MergeLimits& limits);

// Whether a partition with such files may be worth a look.
bool is_small(std::uint64_t file_bytes, const MergeLimits& limits);

// When the partition will be at rest, if nothing comes; of one without files long ago.
Time rests_from(const std::vector<StoredFile>& partition, const MergeLimits& limits);

}  // namespace sextant::lake
