#pragma once
// A file descriptor with an owner, and the two loops that every use of one needs.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include "adapters/embedded/disk.h"

namespace sextant::adapters {

class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;
  ~FileHandle() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

// Opens with close-on-exec; 0640 for new files.
inline Result<FileHandle> open_handle(const std::filesystem::path& path, int flags) {
  FileHandle handle(::open(path.c_str(), flags | O_CLOEXEC, 0640));
  if (!handle) return disk_error("open", path, errno);
  return handle;
}

// Writes all of `bytes` at `offset`; a failure may leave a part of them written.
inline Result<> write_all(const FileHandle& handle, const std::filesystem::path& path,
                          std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const auto count =
        ::pwrite(handle.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return disk_error("write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

// Reads until `into` is full or the file ends.
inline Result<std::size_t> read_full(const FileHandle& handle, const std::filesystem::path& path,
                                     std::uint64_t offset, std::span<char> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const auto count = ::pread(handle.get(), into.data() + done, into.size() - done,
                               static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return disk_error("read", path, errno);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

}  // namespace sextant::adapters
