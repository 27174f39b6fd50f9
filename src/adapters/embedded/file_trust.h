#pragma once
// Which lake files were seen to hold what the manifest says, so that each is hashed once and then
// again only when its size or time of change is another.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>

#include "adapters/embedded/disk.h"
#include "core/guarded.h"
#include "ports/lake_files.h"

namespace sextant::adapters {

// Any thread.
class FileTrust {
 public:
  FileTrust(const Disk& disk, std::filesystem::path root) : disk_(disk), root_(std::move(root)) {}

  // Reads and compares, whatever was seen before. Errors: Corrupt, NotFound (each names the file).
  Result<> verify(const ports::LakeFile& file);
  // Reads and compares unless this very file was seen to be right.
  Result<> verify_once(const ports::LakeFile& file);
  // It was just written, and hashed while it was.
  void trust(const ports::LakeFile& file);
  void forget(std::string_view path);  // the file is removed

 private:
  static std::uint64_t fingerprint(const ports::LakeFile& file, const FileFacts& facts);
  Result<FileFacts> facts_of(const ports::LakeFile& file) const;

  const Disk& disk_;
  const std::filesystem::path root_;
  Guarded<std::unordered_map<std::uint64_t, std::uint64_t>> seen_;  // hash of path -> fingerprint
};

}  // namespace sextant::adapters
