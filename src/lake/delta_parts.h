#pragma once
// What the JSON and the checkpoint of a Delta log have in common.
#include <string>
#include <string_view>

#include "lake/delta_actions.h"

namespace sextant::lake {

std::string delta_path(const DeltaFile& file);   // relative to the table's folder
std::string delta_stats(const DeltaFile& file);  // JSON text: rows, smallest and largest time

// The table's property that tells outsiders for how long files that left are kept.
inline constexpr std::string_view kDeltaWindowName = "delta.deletedFileRetentionDuration";
std::string delta_window(const DeltaHead& head);

}  // namespace sextant::lake
