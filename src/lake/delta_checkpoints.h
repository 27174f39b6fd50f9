#pragma once
// The checkpoints of one table's Delta log: Parquet files that say what the table is at a version,
// so that readers outside need not read what led to it. They say nothing that the manifest does not
// say. What was written is recorded in the state store, and one that is something else is written
// anew.
#include <cstdint>
#include <map>
#include <string>

#include "core/clock.h"
#include "core/id.h"
#include "core/result.h"
#include "lake/delta_actions.h"
#include "lake/manifest.h"
#include "ports/commit.h"
#include "ports/lake_files.h"
#include "ports/state_store.h"
#include "ports/stream_log.h"
#include "store/lake_records.h"

namespace sextant::lake {

// What the log is made from; all outlive it.
struct DeltaParts {
  Scope scope;
  Clock& clock;
  ports::CommitLog& log;
  const ports::StateStore& state;
  const ports::StreamLog& streams;
  ports::LakeFiles& files;
  Manifest& manifest;
  std::uint64_t checkpoint_every = 100;  // versions
  std::chrono::seconds readers_window = kReadersWindow;
};

// One thread at a time; it refers to both for as long as it is there.
class DeltaCheckpoints {
 public:
  DeltaCheckpoints(const DeltaParts& parts, const TableName& table)
      : parts_(parts), table_(table) {}

  // Writes the state at this version, names it as the last one, and removes what is older than the
  // one before it. Durable on return. Errors: Corrupt, Exhausted (disk full), Unavailable.
  Result<> write(const DeltaHead& head, std::uint64_t version) const;

  // Compares what lies there with what was written. What differs is named in the node's log and
  // removed, but `_last_checkpoint` is put right. False: the last one was such, and has to be
  // written. Errors: Corrupt, Exhausted, Unavailable.
  Result<bool> check() const;

 private:
  Result<store::LakeCheckpointsRecord> recorded() const;
  Result<> record(const store::LakeCheckpointsRecord& checkpoints) const;
  Result<bool> is_whole(const store::LakeCheckpoint& checkpoint) const;
  Result<> check_last(const store::LakeCheckpoint& newest) const;
  Result<> name_as_last(const store::LakeCheckpoint& checkpoint) const;
  Result<DeltaState> state_at(const DeltaHead& head) const;
  Result<> undo_after(std::uint64_t position, std::map<std::string, DeltaFile>& files) const;
  Result<> remove_older_than(std::uint64_t version) const;

  const DeltaParts& parts_;
  const TableName& table_;
};

}  // namespace sextant::lake
