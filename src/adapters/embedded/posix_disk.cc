#include "adapters/embedded/posix_disk.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cstdio>

#include "adapters/embedded/file_handle.h"

namespace sextant::adapters {
namespace {

class PosixWritableFile final : public WritableFile {
 public:
  PosixWritableFile(FileHandle handle, std::filesystem::path path, std::uint64_t size)
      : handle_(std::move(handle)), path_(std::move(path)), size_(size) {}

  Result<> append(std::string_view bytes) override {
    if (auto written = write_all(handle_, path_, bytes, size_); !written) {
      // A part may be there; what cannot be cut off is overwritten by the next append.
      (void)!::ftruncate(handle_.get(), static_cast<off_t>(size_));
      return written;
    }
    size_ += bytes.size();
    return {};
  }

  Result<> sync() override {
    if (::fdatasync(handle_.get()) != 0) return disk_error("sync", path_, errno);
    return {};
  }

  Result<> truncate(std::uint64_t bytes) override {
    if (::ftruncate(handle_.get(), static_cast<off_t>(bytes)) != 0)
      return disk_error("truncate", path_, errno);
    size_ = bytes;
    return {};
  }

  std::uint64_t size() const override { return size_; }

 private:
  FileHandle handle_;
  std::filesystem::path path_;
  std::uint64_t size_;
};

class PosixReadableFile final : public ReadableFile {
 public:
  PosixReadableFile(FileHandle handle, std::filesystem::path path, std::uint64_t size)
      : handle_(std::move(handle)), path_(std::move(path)), size_(size) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override {
    return read_full(handle_, path_, offset, into);
  }
  std::uint64_t size() const override { return size_; }

 private:
  FileHandle handle_;
  std::filesystem::path path_;
  std::uint64_t size_;
};

class PosixDiskLock final : public DiskLock {
 public:
  explicit PosixDiskLock(FileHandle handle) : handle_(std::move(handle)) {}

 private:
  FileHandle handle_;
};

Result<std::uint64_t> size_of(const FileHandle& handle, const std::filesystem::path& path) {
  struct stat facts = {};
  if (::fstat(handle.get(), &facts) != 0) return disk_error("look at", path, errno);
  if (S_ISDIR(facts.st_mode)) return disk_error("open", path, EISDIR);
  return static_cast<std::uint64_t>(facts.st_size);
}

int write_flags(WriteMode mode) {
  switch (mode) {
    case WriteMode::Create: return O_WRONLY | O_CREAT | O_EXCL;
    case WriteMode::Replace: return O_WRONLY | O_CREAT | O_TRUNC;
    case WriteMode::Append: return O_WRONLY | O_CREAT;
  }
  return 0;
}

}  // namespace

Result<std::unique_ptr<WritableFile>> PosixDisk::write(const Path& path, WriteMode mode) {
  SX_TRY_AS(auto handle, open_handle(path, write_flags(mode)));
  SX_TRY_AS(const auto size, size_of(handle, path));
  return std::make_unique<PosixWritableFile>(std::move(handle), path, size);
}

Result<std::unique_ptr<ReadableFile>> PosixDisk::open(const Path& path) const {
  SX_TRY_AS(auto handle, open_handle(path, O_RDONLY));
  SX_TRY_AS(const auto size, size_of(handle, path));
  return std::make_unique<PosixReadableFile>(std::move(handle), path, size);
}

Result<> PosixDisk::rename(const Path& from, const Path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return disk_error("rename", from, errno);
  return {};
}

Result<> PosixDisk::remove(const Path& path) {
  if (std::remove(path.c_str()) != 0) return disk_error("remove", path, errno);
  return {};
}

Result<> PosixDisk::make_directory(const Path& path) {
  if (::mkdir(path.c_str(), 0750) == 0) return {};
  const int mkdir_error = errno;
  if (auto known = facts(path); mkdir_error == EEXIST && known && known->is_directory) return {};
  return disk_error("make folder", path, mkdir_error);
}

Result<std::vector<DirectoryEntry>> PosixDisk::list(const Path& directory) const {
  std::error_code error;
  std::vector<DirectoryEntry> entries;
  for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code ignored;  // an entry that went away meanwhile is no folder
    entries.push_back({it->path().filename().string(), it->is_directory(ignored)});
  }
  if (error) return disk_error("list", directory, error.value());
  std::ranges::sort(entries, {}, &DirectoryEntry::name);
  return entries;
}

Result<FileFacts> PosixDisk::facts(const Path& path) const {
  struct stat found = {};
  if (::stat(path.c_str(), &found) != 0) return disk_error("look at", path, errno);
  return FileFacts{
      .size = static_cast<std::uint64_t>(found.st_size),
      .is_directory = S_ISDIR(found.st_mode),
      .modified = Time(std::chrono::seconds(found.st_mtim.tv_sec) +
                       std::chrono::microseconds(found.st_mtim.tv_nsec / 1'000)),
  };
}

Result<> PosixDisk::sync_directory(const Path& directory) {
  SX_TRY_AS(const auto handle, open_handle(directory, O_RDONLY | O_DIRECTORY));
  if (::fsync(handle.get()) != 0) return disk_error("sync folder", directory, errno);
  return {};
}

Result<DiskRoom> PosixDisk::room(const Path& path) const {
  struct statvfs found = {};
  if (::statvfs(path.c_str(), &found) != 0) return disk_error("ask for room on", path, errno);
  return DiskRoom{.free_bytes = static_cast<std::uint64_t>(found.f_bavail) * found.f_frsize,
                  .total_bytes = static_cast<std::uint64_t>(found.f_blocks) * found.f_frsize};
}

Result<std::unique_ptr<DiskLock>> PosixDisk::lock(const Path& path) {
  SX_TRY_AS(auto handle, open_handle(path, O_RDWR | O_CREAT));
  if (::flock(handle.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return disk_error("lock", path, errno);
    return fail(Code::Conflict, "lock " + path.string() + ": another process has it");
  }
  return std::make_unique<PosixDiskLock>(std::move(handle));
}

}  // namespace sextant::adapters
