#pragma once
// Which partitions of a table are older than it keeps its rows. Pure. A partition goes as a whole,
// when its hour's end is so long ago; rows without a time go by when their file came.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "ports/lake_files.h"

namespace sextant::lake {

struct Expired {
  std::vector<std::string> folders;         // table/date=…/hour=…, oldest first
  std::optional<std::string> timeless;      // the one of rows without a time, when it has files
  std::optional<Time> next = std::nullopt;  // when the next partition will be too old
};

Expired find_expired(const ports::LakeTable& table, std::chrono::days kept, Time now);

}  // namespace sextant::lake
