#pragma once
// The Delta Lake log of one table, made from the table's stream of changes. Each version records
// how far it read the stream, so that it goes on where it stopped, whoever crashed.
#include <cstdint>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/id.h"
#include "core/result.h"
#include "lake/delta_actions.h"
#include "lake/delta_checkpoints.h"
#include "lake/manifest.h"
#include "ports/commit.h"
#include "ports/lake_files.h"
#include "ports/stream_log.h"

namespace sextant::lake {

// One thread at a time, and one writer of a table's log.
class DeltaLog {
 public:
  DeltaLog(DeltaParts parts, TableName table)
      : parts_(std::move(parts)), table_(std::move(table)), checkpoints_(parts_, table_) {}

  DeltaLog(const DeltaLog&) = delete;
  DeltaLog& operator=(const DeltaLog&) = delete;

  // Publishes the next version when there is anything new, with as many changes as fit. False when
  // there was nothing. Errors: Corrupt, Exhausted (disk full), Unavailable; the next call tries
  // again.
  Result<bool> step();

 private:
  struct NextVersion {
    DeltaChange change;
    SchemaPtr schema;
    std::uint64_t position = 0;
  };

  Result<> open();
  Result<> open_checkpoints();
  Result<NextVersion> read_changes() const;
  Result<DeltaHead> head_of(const NextVersion& next) const;

  const DeltaParts parts_;
  const TableName table_;
  const DeltaCheckpoints checkpoints_;
  bool is_open_ = false;
  std::uint64_t version_ = 0;   // the next one
  std::uint64_t position_ = 0;  // published up to here
  SchemaPtr schema_;
  std::string published_schema_;  // "" when not known: then the next version tells it
};

}  // namespace sextant::lake
