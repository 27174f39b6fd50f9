#include "server/commands/log_files.h"

#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace sextant::server {
namespace {

constexpr const char* kGzipMode = "wb4";  // quick, and close to the size that balancers deliver

std::unexpected<Error> cannot_write(const std::filesystem::path& path) {
  return fail(errno == ENOSPC ? Code::Exhausted : Code::Denied,
              "cannot write '" + path.string() + "': " + std::strerror(errno));
}

class PlainFile final : public LogFile {
 public:
  PlainFile(std::filesystem::path path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  ~PlainFile() override {
    if (file_ != nullptr) std::fclose(file_);
  }
  Result<> write(std::string_view bytes) override {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size())
      return cannot_write(path_);
    return {};
  }
  Result<> close() override {
    if (std::fclose(std::exchange(file_, nullptr)) != 0) return cannot_write(path_);
    return {};
  }

 private:
  const std::filesystem::path path_;
  std::FILE* file_;
};

class GzipFile final : public LogFile {
 public:
  GzipFile(std::filesystem::path path, gzFile file) : path_(std::move(path)), file_(file) {}
  ~GzipFile() override {
    if (file_ != nullptr) gzclose(file_);
  }
  Result<> write(std::string_view bytes) override {
    if (gzwrite(file_, bytes.data(), static_cast<unsigned>(bytes.size())) !=
        static_cast<int>(bytes.size())) {
      return cannot_write(path_);
    }
    return {};
  }
  Result<> close() override {
    if (gzclose(std::exchange(file_, nullptr)) != Z_OK) return cannot_write(path_);
    return {};
  }

 private:
  const std::filesystem::path path_;
  gzFile file_;
};

}  // namespace

Result<std::unique_ptr<LogFile>> LogFile::create(const std::filesystem::path& path, Format format) {
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  if (error)
    return fail(Code::Denied,
                "cannot make folder '" + path.parent_path().string() + "': " + error.message());
  if (format == Format::Gzip) {
    const gzFile file = gzopen(path.c_str(), kGzipMode);
    if (file == nullptr) return cannot_write(path);
    return std::make_unique<GzipFile>(path, file);
  }
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return cannot_write(path);
  return std::make_unique<PlainFile>(path, file);
}

Result<std::unique_ptr<LogFile>> LogFile::standard_output(Format format) {
  const std::filesystem::path name("standard output");
  if (format == Format::Plain) return std::make_unique<PlainFile>(name, stdout);
  const gzFile file = gzdopen(STDOUT_FILENO, kGzipMode);
  if (file == nullptr) return cannot_write(name);
  return std::make_unique<GzipFile>(name, file);
}

}  // namespace sextant::server
