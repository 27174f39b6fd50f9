#pragma once
// One file of the amnesiac disk: its bytes now, and the bytes that a power cut would leave.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/embedded/disk.h"
#include "adapters/embedded/file_handle.h"

namespace sextant::adapters {

// Not thread-safe: the disk's lock covers it.
class AmnesiacFile {
 public:
  // A new file, and one that lies at `real_path` already.
  AmnesiacFile() = default;
  AmnesiacFile(std::filesystem::path real_path, const FileFacts& facts);

  std::uint64_t size() const { return kept_ + tail_.size(); }
  Time modified() const { return modified_; }
  void append(std::string_view bytes);
  void truncate(std::uint64_t bytes);
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into);
  Result<> sync();

  // Between them the real file stays reachable even if its last name goes.
  Result<> acquire();
  void release();

  // Gives the bytes that were synced the real name `path`, in place of what has it. The file then
  // has one real name more.
  Result<> realise(const std::filesystem::path& path);
  // The real name `path` will be taken away.
  Result<> forget_name(const std::filesystem::path& path);

  // Power is cut: keeps that many of the unsynced bytes at the end.
  void keep_part(const std::function<std::size_t(std::size_t)>& survives);

 private:
  bool is_real() const { return names_ > 0 || static_cast<bool>(handle_); }
  Result<> open_real();
  void close_unused();
  Result<> copy_to(const std::filesystem::path& path);

  std::filesystem::path real_path_;  // one of the real names, unless pinned_
  int names_ = 0;                    // real ones
  int users_ = 0;
  bool pinned_ = false;  // only handle_ leads to the real file
  FileHandle handle_;    // of the real file
  std::uint64_t real_size_ = 0;
  std::uint64_t kept_ = 0;  // bytes of the real file that still count
  std::string tail_;        // what follows them
  std::string synced_;      // what a sync left, while there is no real file
  Time modified_ = SystemClock().now();
};

}  // namespace sextant::adapters
