#pragma once
// Tells a torn tail from damage in RocksDB's log files (write-ahead log, MANIFEST). RocksDB itself
// takes a record whose length was damaged for one that was not finished, and silently forgets it
// and all behind it; and it refuses a tail that a power cut left half written. So its log files are
// judged here before it opens them. Format: docs/formats/embedded-store.md.
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "adapters/embedded/disk.h"

namespace sextant::adapters {

struct LogScan {
  enum class State {
    Whole,    // every byte belongs to a whole record
    Torn,     // the last record was not written to its end; nothing follows it
    Damaged,  // bytes are not what was written
  };
  State state = State::Whole;
  std::uint64_t intact = 0;   // bytes up to the end of the last whole record
  std::uint64_t records = 0;  // whole ones
};

// Pure.
LogScan scan_log(std::string_view bytes);

// Judges all log files of the database in `folder`, and cuts off the torn tail of the newest.
// Errors: Corrupt (names the file and the offset), Unavailable.
Result<> check_logs(Disk& disk, const std::filesystem::path& folder);

}  // namespace sextant::adapters
