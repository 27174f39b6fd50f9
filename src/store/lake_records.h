#pragma once
// What the lake stores: a record for every file of a table and for every one that was removed from
// it, each schema once, and the stream of a table's changes that its Delta log is made of. Format:
// docs/formats/lake-manifest.md.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/hash.h"
#include "core/result.h"

namespace sextant::store {

struct LakeFileRecord {
  std::string path;  // relative to the lake's root
  std::uint64_t size = 0;
  std::uint64_t rows = 0;
  Sha256Digest sha256 = {};
  std::optional<Time> ts_min = std::nullopt;
  std::optional<Time> ts_max = std::nullopt;
  std::string schema_id;  // names a record at keys::lake_schema
  Time created;
  std::uint64_t duplicates = 0;  // rows left out when it was merged, and its sources were
  std::string unique_by = {};    // columns in which no two rows are alike; empty: nobody looked
  friend bool operator==(const LakeFileRecord&, const LakeFileRecord&) = default;
};

// Why a commit changed a table.
enum class LakeReason : std::uint8_t {
  Landed = 0,   // new rows
  Merged = 1,   // the rows of the files removed, in fewer files; copies of events may be left out
  Expired = 2,  // rows older than the table keeps them
};

// One record of a table's stream: what one commit did to the table.
struct LakeChange {
  std::vector<LakeFileRecord> added;
  std::vector<LakeFileRecord> removed = {};
  LakeReason reason = LakeReason::Landed;
  std::optional<Time> removed_at = std::nullopt;  // when files were removed
  friend bool operator==(const LakeChange&, const LakeChange&) = default;
};

// A file that is in its table no more and may still have readers. Gone with the file itself.
struct LakeRemovedRecord {
  LakeFileRecord file;
  Time removed_at;
  friend bool operator==(const LakeRemovedRecord&, const LakeRemovedRecord&) = default;
};

// A checkpoint in a table's Delta log, as it was written.
struct LakeCheckpoint {
  std::uint64_t version = 0;  // of the log
  std::uint64_t size = 0;     // bytes
  Sha256Digest sha256 = {};
  std::uint64_t actions = 0;  // its rows
  friend bool operator==(const LakeCheckpoint&, const LakeCheckpoint&) = default;
};
struct LakeCheckpointsRecord {
  std::vector<LakeCheckpoint> checkpoints;  // oldest first; readers begin at the last
  friend bool operator==(const LakeCheckpointsRecord&, const LakeCheckpointsRecord&) = default;
};

struct LakeSchemaRecord {
  std::string arrow_schema;  // as Arrow's IPC format serialises it
  friend bool operator==(const LakeSchemaRecord&, const LakeSchemaRecord&) = default;
};

std::string encode(const LakeFileRecord& file);
Result<LakeFileRecord> decode_lake_file(std::string_view bytes);
std::string encode(const LakeChange& change);
Result<LakeChange> decode_lake_change(std::string_view bytes);
std::string encode(const LakeRemovedRecord& removed);
Result<LakeRemovedRecord> decode_lake_removed(std::string_view bytes);
std::string encode(const LakeCheckpointsRecord& checkpoints);
Result<LakeCheckpointsRecord> decode_lake_checkpoints(std::string_view bytes);
std::string encode(const LakeSchemaRecord& schema);
Result<LakeSchemaRecord> decode_lake_schema(std::string_view bytes);

}  // namespace sextant::store
