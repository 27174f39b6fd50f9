#pragma once
// Bytes on their way from one place to another: a file without a name, gone with the process
// however it ends.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"

namespace sextant::cli {

class SpoolFile {
 public:
  // In $TMPDIR, else /tmp. Unavailable, Exhausted: the system gives no file.
  static Result<SpoolFile> open();
  SpoolFile(SpoolFile&& other) noexcept;
  SpoolFile& operator=(SpoolFile&&) = delete;
  ~SpoolFile();

  void clear();
  // Behind what is there. The first error is kept for size().
  void write(std::string_view bytes);
  // Exhausted: the disk is full; Unavailable: it could not be written.
  Result<std::uint64_t> size() const;
  std::string beginning(std::size_t bytes_max) const;
  // For readers in this process, while this lives.
  std::filesystem::path path() const;

 private:
  explicit SpoolFile(int file) : file_(file) {}
  int file_;
  std::uint64_t size_ = 0;
  int error_ = 0;  // errno
};

}  // namespace sextant::cli
