#pragma once
// The one disk layer under RocksDB, blobs and Parquet. Everything that the embedded adapters keep
// passes through it, so that a test can take away room, or everything that was not synced.
//
// Durability is POSIX's, read strictly: bytes are durable once the file's sync() returned; a name
// (a file made, renamed or removed; a directory made) once sync_directory() of the folder that
// holds it returned. Paths are absolute. All calls from any thread; files do not outlive the disk.
// Errors: NotFound, Conflict (it exists), Exhausted (disk full, no file handles left), Unavailable
// (the system said no).
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/guarded.h"
#include "core/result.h"

namespace sextant::adapters {

// Appends to one file; one thread at a time. Unbuffered: after append() every reader sees the
// bytes; after a failed one none of them. Closed by its destructor, which does not sync.
class WritableFile {
 public:
  virtual ~WritableFile() = default;
  virtual Result<> append(std::string_view bytes) = 0;
  virtual Result<> sync() = 0;                         // the bytes, not the name
  virtual Result<> truncate(std::uint64_t bytes) = 0;  // only to less than size()
  virtual std::uint64_t size() const = 0;
};

// Any thread. Still readable after the file was removed or replaced.
class ReadableFile {
 public:
  virtual ~ReadableFile() = default;
  // Fills as much of `into` as there is from offset on, and returns how much: less than asked only
  // at the end.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const = 0;
  virtual std::uint64_t size() const = 0;  // when it was opened
};

// Held until destroyed, or until the process ends.
class DiskLock {
 public:
  virtual ~DiskLock() = default;
};

enum class WriteMode {
  Create,   // Conflict if the file exists
  Replace,  // empties the file if it exists
  Append,   // goes on at its end, or makes it
};

struct FileFacts {
  std::uint64_t size = 0;
  bool is_directory = false;
  Time modified;
};

struct DiskRoom {
  std::uint64_t free_bytes = 0;  // that this process may still take
  std::uint64_t total_bytes = 0;
};

struct DirectoryEntry {
  std::string name;
  bool is_directory = false;
};

class Disk {
 public:
  using Path = std::filesystem::path;

  virtual ~Disk() = default;
  virtual Result<std::unique_ptr<WritableFile>> write(const Path& path, WriteMode mode) = 0;
  virtual Result<std::unique_ptr<ReadableFile>> open(const Path& path) const = 0;
  virtual Result<> rename(const Path& from, const Path& to) = 0;  // a file; replaces `to`
  virtual Result<> remove(const Path& path) = 0;                  // a file or an empty directory
  virtual Result<> make_directory(const Path& path) = 0;          // no error if it exists
  virtual Result<std::vector<DirectoryEntry>> list(const Path& directory) const = 0;  // by name
  virtual Result<FileFacts> facts(const Path& path) const = 0;
  virtual Result<> sync_directory(const Path& directory) = 0;
  virtual Result<DiskRoom> room(const Path& path) const = 0;
  // Conflict while another process, or another lock of this one, holds it.
  virtual Result<std::unique_ptr<DiskLock>> lock(const Path& path) = 0;
};

// What a failed system call on `path` means; `what` is the verb ("write").
std::unexpected<Error> disk_error(std::string_view what, const std::filesystem::path& path,
                                  int error_number);

// Makes `directory` and every missing folder above it. Their names are durable on return; that of
// `directory` also when it was there, for whoever made it may not have come to its sync.
Result<> make_directories(Disk& disk, const std::filesystem::path& directory);

// The folders below one that is durable itself. Remembers those whose names this process has
// synced, so that each costs a sync once, however many files come into it. Any thread.
class DurableFolders {
 public:
  // `disk` outlives it.
  DurableFolders(Disk& disk, const std::filesystem::path& root)
      : disk_(disk), root_(root.has_filename() ? root : root.parent_path()) {}
  // `folder` lies below the root. It and all between are there and durable on return, whoever made
  // them and whatever became of their sync.
  Result<> make(const std::filesystem::path& folder);

 private:
  Disk& disk_;
  const std::filesystem::path root_;
  Guarded<std::set<std::filesystem::path>> durable_;
};

// A whole file. Exhausted above bytes_max.
Result<std::string> read_file(const Disk& disk, const std::filesystem::path& path,
                              std::uint64_t bytes_max = 64u << 20);

// Writes beside it (path + ".tmp"), syncs, renames, syncs the folder: `path` holds the old bytes or
// the new ones, never less. Durable on return. One writer of a path at a time.
Result<> replace_file(Disk& disk, const std::filesystem::path& path, std::string_view bytes);

}  // namespace sextant::adapters
