#pragma once
// Lines into files of an even size, plain or gzip, as the generators make them.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "core/result.h"

namespace sextant::server {

// One log file. One thread.
class LogFile {
 public:
  enum class Format { Plain, Gzip };
  // Makes missing folders. Denied or Exhausted, with the path.
  static Result<std::unique_ptr<LogFile>> create(const std::filesystem::path& path, Format format);
  // Standard output, once: it is closed with the LogFile.
  static Result<std::unique_ptr<LogFile>> standard_output(Format format);
  virtual ~LogFile() = default;  // closes; what failed then is lost: call close()
  virtual Result<> write(std::string_view bytes) = 0;
  virtual Result<> close() = 0;
};

}  // namespace sextant::server
