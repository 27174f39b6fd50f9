#pragma once
// The disk as the operating system gives it.
#include "adapters/embedded/disk.h"

namespace sextant::adapters {

class PosixDisk final : public Disk {
 public:
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
};

}  // namespace sextant::adapters
