#include "cli/spool_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "cli/environment.h"

namespace sextant::cli {
namespace {

std::unexpected<Error> spool_error(int error) {
  const bool is_full = error == ENOSPC || error == EDQUOT || error == EMFILE || error == ENFILE;
  return fail(is_full ? Code::Exhausted : Code::Unavailable,
              std::string("temporary file (TMPDIR): ") + std::strerror(error));
}

}  // namespace

Result<SpoolFile> SpoolFile::open() {
  auto folder = environment("TMPDIR");
  if (folder.empty()) folder = "/tmp";
  auto name = folder + "/sextant-XXXXXX";
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  if (file < 0) return spool_error(errno);
  ::unlink(name.c_str());
  return SpoolFile(file);
}

SpoolFile::SpoolFile(SpoolFile&& other) noexcept
    : file_(std::exchange(other.file_, -1)), size_(other.size_), error_(other.error_) {}

SpoolFile::~SpoolFile() {
  if (file_ >= 0) ::close(file_);
}

void SpoolFile::clear() {
  size_ = 0;
  error_ = ::ftruncate(file_, 0) == 0 ? 0 : errno;
}

void SpoolFile::write(std::string_view bytes) {
  while (error_ == 0 && !bytes.empty()) {
    const auto count = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      error_ = errno;
      return;
    }
    size_ += static_cast<std::uint64_t>(count);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

Result<std::uint64_t> SpoolFile::size() const {
  if (error_ != 0) return spool_error(error_);
  return size_;
}

std::string SpoolFile::beginning(std::size_t bytes_max) const {
  std::string bytes(bytes_max, '\0');
  const auto count = ::pread(file_, bytes.data(), bytes.size(), 0);
  bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return bytes;
}

std::filesystem::path SpoolFile::path() const { return "/proc/self/fd/" + std::to_string(file_); }

}  // namespace sextant::cli
