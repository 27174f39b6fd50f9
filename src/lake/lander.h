#pragma once
// Landing: rows become Parquet files, and "these files are in table T" is committed together with
// the outcome of the deliveries that made them. So every row is in the lake exactly once, whatever
// crashes. Small deliveries share a file; a large one streams into files of its own.
#include <cstdint>
#include <memory>
#include <string>

#include "core/columns.h"
#include "core/id.h"
#include "core/result.h"
#include "ports/commit.h"

namespace sextant::lake {

// The rows of one delivery. One thread at a time. Destroyed without land(): nothing stays behind.
class Landing {
 public:
  virtual ~Landing() = default;
  // Rows of `table`, flat columns with dotted names, among them `ts` (timestamp[us, UTC]); each row
  // goes to the partition of its own date and hour. Memory held is bounded: beyond some MiB the
  // delivery streams to files of its own. Errors, also told by land() when rows were only held:
  // Invalid (no ts column, rows of too many hours), Exhausted (disk full).
  virtual Result<> add(const TableName& table, const BatchPtr& batch) = 0;
  // Memory that its rows hold until land() has committed them: the dispatcher bounds the sum.
  virtual std::uint64_t buffered_bytes() const = 0;
};

class Lander {
 public:
  virtual ~Lander() = default;
  virtual std::unique_ptr<Landing> open() = 0;  // any thread

  // Makes the rows durable and commits `outcome` (the delivery's own batch, with its condition that
  // it is still pending) in one batch with the manifest's change. Several deliveries that arrive
  // together share files and commit. on_durable as CommitLog::submit: after an error nothing of
  // this delivery is in the lake (after Unavailable the outcome is unknown). Errors: Invalid (as
  // add(), or a column whose type is not the table's), Exhausted, Conflict (of the outcome's
  // conditions), Unavailable. Any thread; returns without waiting.
  virtual void land(std::unique_ptr<Landing> landing, ports::Batch outcome,
                    ports::CommitLog::OnDurable on_durable) = 0;
};

}  // namespace sextant::lake
