#include "core/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "core/random.h"

namespace sextant {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

Code file_error_code(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return Code::NotFound;
    case EACCES:
    case EPERM:
    case EROFS: return Code::Denied;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE: return Code::Exhausted;
    default: return Code::Unavailable;
  }
}

std::unexpected<Error> system_failure(std::string_view doing, const std::filesystem::path& path) {
  const int error = errno;
  return fail(file_error_code(error), std::string(doing) + " '" + path.string() +
                                          "': " + std::generic_category().message(error));
}

Result<> write_all(int file, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return system_failure("cannot write", path);
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file) != 0) return system_failure("cannot sync", path);
  return {};
}

Result<> write_new_file(const std::filesystem::path& path, std::string_view bytes, unsigned mode) {
  const FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode)));
  if (!file.is_open()) return system_failure("cannot create", path);
  return write_all(file.number(), bytes, path);
}

Result<> sync_folder(const std::filesystem::path& folder) {
  const FileDescriptor file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.is_open()) return system_failure("cannot open", folder);
  if (::fsync(file.number()) != 0) return system_failure("cannot sync", folder);
  return {};
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t bytes_max) {
  // A pipe or device would block or never end: O_NONBLOCK lets open() return so that we can see.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) return system_failure("cannot open", path);
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) return system_failure("cannot open", path);
  if (!S_ISREG(status.st_mode)) {
    return fail(Code::Invalid, "'" + path.string() + "' is not a regular file");
  }
  std::string bytes;
  std::string piece(64 * 1024, '\0');
  for (;;) {
    const ssize_t got = ::read(file.number(), piece.data(), piece.size());
    if (got == 0) return bytes;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("cannot read", path);
    bytes.append(piece, 0, static_cast<std::size_t>(got));
    if (bytes.size() > bytes_max) {
      return fail(Code::Exhausted,
                  "'" + path.string() + "' is larger than " + std::to_string(bytes_max) + " bytes");
    }
  }
}

Result<> write_file_atomic(const std::filesystem::path& path, std::string_view bytes,
                           unsigned mode) {
  std::filesystem::path beside = path;
  beside += ".tmp." + random_hex(8);
  auto written = write_new_file(beside, bytes, mode);
  if (written && ::rename(beside.c_str(), path.c_str()) != 0) {
    written = system_failure("cannot replace", path);
  }
  if (!written) {
    ::unlink(beside.c_str());
    return written;
  }
  return sync_folder(path.has_parent_path() ? path.parent_path() : ".");
}

}  // namespace sextant
