#pragma once
// A disk that has lost power when the process ends: whatever was not synced lives in this process's
// memory only (bytes until their file's sync(); names made, renamed or removed until their folder's
// sync_directory()). So SIGKILL equals a power cut, for tests and for the crash harness. The
// folder's real content is at every moment what a power cut would leave.
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>

#include "adapters/embedded/disk.h"

namespace sextant::adapters {

class AmnesiacDisk final : public Disk {
 public:
  // Everything below `root` (made if missing) is forgetful; other paths are NotFound. Errors:
  // Unavailable.
  static Result<std::unique_ptr<AmnesiacDisk>> load(const Path& root);
  ~AmnesiacDisk() override;

  // Power is gone: from now on every call fails and nothing reaches the real folder. Of each file,
  // survives(unsynced bytes) of the unsynced bytes at its end are kept, as a disk may do; none
  // without it.
  using Survives = std::function<std::size_t(std::size_t)>;
  void cut_power(const Survives& survives = {});

  // The same at the count-th sync of a file or folder from now, in place of it.
  void cut_power_at_sync(std::uint64_t count, Survives survives = {});

  Result<std::unique_ptr<WritableFile>> write(const Path& path, WriteMode mode) override;
  Result<std::unique_ptr<ReadableFile>> open(const Path& path) const override;
  Result<> rename(const Path& from, const Path& to) override;
  Result<> remove(const Path& path) override;
  Result<> make_directory(const Path& path) override;
  Result<std::vector<DirectoryEntry>> list(const Path& directory) const override;
  Result<FileFacts> facts(const Path& path) const override;
  Result<> sync_directory(const Path& directory) override;
  Result<DiskRoom> room(const Path& path) const override;
  Result<std::unique_ptr<DiskLock>> lock(const Path& path) override;

 private:
  class Tree;
  class Writer;
  class Reader;
  explicit AmnesiacDisk(std::unique_ptr<Tree> tree);

  std::unique_ptr<Tree> tree_;
};

}  // namespace sextant::adapters
