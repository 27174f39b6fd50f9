#pragma once
// Removes files that a crash left behind: written, and named by no record, neither of a file of a
// table nor of one that left it. At start, before the first delivery lands.
#include <cstdint>

#include "core/result.h"
#include "lake/manifest.h"
#include "ports/lake_files.h"

namespace sextant::lake {

struct Swept {
  std::uint64_t files = 0;
};

// Errors: Corrupt, Unavailable.
Result<Swept> sweep(ports::LakeFiles& files, Manifest& manifest);

}  // namespace sextant::lake
