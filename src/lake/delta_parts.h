#pragma once
// What the JSON and the checkpoint of a Delta log have in common.
#include <string>

#include "lake/delta_actions.h"

namespace sextant::lake {

std::string delta_path(const DeltaFile& file);   // relative to the table's folder
std::string delta_stats(const DeltaFile& file);  // JSON text: rows, smallest and largest time

}  // namespace sextant::lake
