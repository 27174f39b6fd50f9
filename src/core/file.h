#pragma once
// Small files read and written whole: credentials, keys, templates. What the node stores in bulk
// goes through the ports.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"

namespace sextant {

// The bytes of a regular file. NotFound; Denied; Invalid if it is a folder, pipe or device;
// Exhausted above bytes_max; Unavailable when the
// system cannot read it.
Result<std::string> read_file(const std::filesystem::path& path,
                              std::uint64_t bytes_max = 256ull << 20);

// Puts the file in place whole or not at all: written beside it, synced, renamed, folder synced.
// Durable on return. A process that dies in between leaves `path` as it was, and perhaps a file
// `path`.tmp.*. Denied; Exhausted when the disk is full; NotFound when the folder is not there;
// Unavailable.
Result<> write_file_atomic(const std::filesystem::path& path, std::string_view bytes,
                           unsigned mode = 0644);

}  // namespace sextant
