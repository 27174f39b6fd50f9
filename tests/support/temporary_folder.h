#pragma once
// A folder for one test, gone with it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace sextant::test {

class TemporaryFolder {
 public:
  // Memory: on a file system in memory, where there is one; for tests that make many files and need
  // no disk.
  enum class Place { Disk, Memory };

  explicit TemporaryFolder(Place place = Place::Disk) {
    const std::filesystem::path memory = "/dev/shm";
    std::error_code ignored;
    const bool in_memory = place == Place::Memory && std::filesystem::is_directory(memory, ignored);
    const auto parent = in_memory ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (parent / "sextant-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace sextant::test
