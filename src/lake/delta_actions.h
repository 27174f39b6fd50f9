#pragma once
// The Delta Lake log's actions, as readers outside understand them: reader version 1, writer
// version 2, partitioned by date and hour. Pure. Source: github.com/delta-io/delta, PROTOCOL.md.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/columns.h"
#include "core/result.h"

namespace sextant::lake {

inline constexpr std::string_view kDeltaAppId = "sextant";

struct DeltaFile {
  std::string path;  // relative to the lake's root
  std::uint64_t size = 0;
  std::uint64_t rows = 0;
  std::optional<Time> ts_min = std::nullopt;
  std::optional<Time> ts_max = std::nullopt;
  Time modified;
};

// Files that left their table in one commit. For those who follow the log, `changes_data` says
// whether rows went with them or only moved to the files added.
struct DeltaRemoval {
  std::vector<DeltaFile> files = {};
  Time at = {};
  bool changes_data = false;
};

// So long every reader of a snapshot has from the moment that a later one was published.
inline constexpr std::chrono::seconds kReadersWindow{3600};

// What a version says besides its files.
struct DeltaHead {
  std::string table;
  std::string table_id;        // a UUID that stays
  std::string schema;          // delta_schema()
  std::uint64_t position = 0;  // of the table's stream: everything up to it is published
  Time now;
  // Told as the table's property delta.deletedFileRetentionDuration.
  std::chrono::seconds readers_window = kReadersWindow;
};

struct DeltaChange {
  std::vector<DeltaFile> added;
  bool adds_data = true;  // false: all rows of `added` come from the files removed
  DeltaRemoval removed = {};
};

// The table's columns and behind them the partition's, as Delta's JSON writes a schema. Invalid: a
// type that Delta has not (names the column).
Result<std::string> delta_schema(const SchemaPtr& schema);

// One action a line. The first version of a log has the protocol, and every version with
// `metadata` (the first must, and one that changes columns) has the table's description.
enum class DeltaMetadata { Leave, Write };
std::string delta_version(const DeltaHead& head, const DeltaChange& change, DeltaMetadata metadata,
                          std::uint64_t version);

// The last line of each of our versions is its seal: a commitInfo with the hash of the lines before
// it. Corrupt: one of ours (by its txn or its seal) that is not what was written.
Result<> check_delta_seal(std::string_view version_text);

// The stream position that a version's text records; nullopt when it is somebody else's.
std::optional<std::uint64_t> delta_position(std::string_view version_text);

// The state at a version as one Parquet file, so that readers need not read what led to it: its
// files, and those that left and are still on the disk.
struct DeltaState {
  std::vector<DeltaFile> files;
  std::vector<DeltaRemoval> removed = {};
};
Result<std::string> delta_checkpoint(const DeltaHead& head, const DeltaState& state);
// Its rows: what `_last_checkpoint` calls its size.
std::uint64_t delta_actions(const DeltaState& state);

std::string delta_file_name(std::uint64_t version);  // 00000000000000000007.json
std::string delta_checkpoint_name(
    std::uint64_t version);  // 00000000000000000007.checkpoint.parquet
std::optional<std::uint64_t> delta_version_of(std::string_view file_name);  // of the former

}  // namespace sextant::lake
