#pragma once
// What the parts of a Delta log, JSON and checkpoints, have in common.
#include <string>
#include <string_view>

#include "core/id.h"
#include "lake/delta_actions.h"
#include "store/lake_records.h"

namespace sextant::lake {

std::string delta_log_folder(const TableName& table);
std::string delta_log_path(const TableName& table, std::string_view name);

DeltaFile delta_file(store::LakeFileRecord record);
std::string delta_path(const DeltaFile& file);   // relative to the table's folder
std::string delta_stats(const DeltaFile& file);  // JSON text: rows, smallest and largest time

// The table's property that tells outsiders for how long files that left are kept.
inline constexpr std::string_view kDeltaWindowName = "delta.deletedFileRetentionDuration";
std::string delta_window(const DeltaHead& head);

}  // namespace sextant::lake
