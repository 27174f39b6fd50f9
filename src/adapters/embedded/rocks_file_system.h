#pragma once
// RocksDB's files on our disk layer: everything that RocksDB reads, writes, syncs, renames and
// removes passes through one Disk.
#include <rocksdb/file_system.h>

#include <memory>

#include "adapters/embedded/disk.h"

namespace sextant::adapters {

// `disk` outlives the file system.
std::shared_ptr<rocksdb::FileSystem> make_rocks_file_system(Disk& disk);

// What RocksDB's answer means to us; `what` says who asked. Errors: Corrupt, Exhausted (disk full),
// Unavailable.
Error rocks_error(std::string_view what, const rocksdb::Status& status);

}  // namespace sextant::adapters
