#include "lake/merge_plan.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sextant::lake {
namespace {

// How much larger than all before it together a file may be: a small one that comes late is not
// worth writing a large one anew.
constexpr std::uint64_t kStepWhileGrowing = 2;
constexpr std::uint64_t kStepAtRest = 8;

// Of files in the order of their sizes, the first ones that are enough and alike.
std::vector<StoredFile> alike(const std::vector<StoredFile>& files, std::size_t enough,
                              std::uint64_t step, const MergeLimits& limits) {
  std::vector<StoredFile> run;
  std::uint64_t bytes = 0;
  for (const auto& file : files) {
    const bool full =
        run.size() == limits.files_max || bytes + file.record.size > limits.file_bytes;
    const bool apart = !run.empty() && file.record.size > bytes * step;
    if ((full || apart) && run.size() >= enough) break;
    if (full || apart) {
      run.clear();
      bytes = 0;
    }
    bytes += file.record.size;
    run.push_back(file);
  }
  return run;
}

}  // namespace

bool is_small(std::uint64_t file_bytes, const MergeLimits& limits) {
  return file_bytes < limits.file_bytes / 2;
}

Time rests_from(const std::vector<StoredFile>& partition, const MergeLimits& limits) {
  Time newest{};
  for (const auto& file : partition) newest = std::max(newest, file.record.created);
  return newest + limits.quiet;
}

std::vector<StoredFile> plan_merge(std::vector<StoredFile> partition, Time now,
                                   const MergeLimits& limits) {
  const bool at_rest = rests_from(partition, limits) <= now;
  const auto step = at_rest ? kStepAtRest : kStepWhileGrowing;
  std::erase_if(partition, [&](const auto& file) { return !is_small(file.record.size, limits); });
  std::ranges::sort(partition, {}, [](const StoredFile& file) {
    return std::tie(file.record.size, file.record.path);
  });
  const std::size_t enough = at_rest ? 2 : limits.files_min;
  auto run = alike(partition, enough, step, limits);
  if (run.size() < enough) return {};
  partition.assign(run.begin(), run.end());
  std::ranges::sort(partition, {}, [](const StoredFile& file) {
    return std::tie(file.record.ts_min, file.record.path);
  });
  return partition;
}

}  // namespace sextant::lake
