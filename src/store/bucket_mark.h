#pragma once
// Removing a bucket that must be empty: it is marked, looked at, and erased on the condition of the
// mark. Every change of an object has its bucket's version as a condition and none begins in a
// marked bucket, so what is found empty stays empty. S3's own DeleteBucket and deploys remove by
// it.
#include <cstdint>
#include <functional>

#include "core/id.h"
#include "ports/commit.h"
#include "ports/state_store.h"
#include "store/s3_records.h"

namespace sextant::store {

// The log and the store outlive every call, its callback included.
struct BucketStore {
  Scope scope;
  ports::CommitLog& log;
  const ports::StateStore& state;
};

struct MarkedBucket {
  BucketRecord record;        // without the mark
  std::uint64_t version = 0;  // of the marked record
};

// Marks the bucket whose record was read at `version`. Durable when on_marked runs, on the
// committer's thread. After an error there is no mark, not even of a commit that may have happened
// (as unmark_bucket can tell). Errors: as CommitLog::submit; Conflict: the record has changed.
using OnMarked = std::move_only_function<void(Result<MarkedBucket>)>;
void mark_bucket(const BucketStore& buckets, BucketRecord record, std::uint64_t version,
                 OnMarked on_marked);

// Takes the mark off, unless the bucket has been erased: right after any end of the erasing batch
// but success. When the store does not do it in a few attempts the bucket stays closed until S3
// takes marks off at start, and the log says so. on_done runs on the committer's thread.
void unmark_bucket(const BucketStore& buckets, MarkedBucket bucket,
                   std::move_only_function<void()> on_done);

// Whether it has neither objects nor unfinished uploads. Errors as StateStore::scan.
Result<bool> is_empty(const BucketStore& buckets, const BucketName& name);

// Erases a marked bucket that was found empty.
void add_erase(const Scope& scope, const MarkedBucket& bucket, ports::Batch& batch);

}  // namespace sextant::store
