#pragma once
// One blob's file: blocks that each carry a checksum, and a footer with size and SHA-256. A byte
// that is not what was written is found when it is read. Format: docs/formats/blob-file.md.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/embedded/disk.h"
#include "core/hash.h"
#include "ports/blob_store.h"

namespace sextant::adapters {

inline constexpr std::size_t kBlobBlockBytes = 64 * 1024;

// Frames bytes into a file; one thread. The file is not synced.
class BlobFileWriter {
 public:
  explicit BlobFileWriter(std::unique_ptr<WritableFile> file) : file_(std::move(file)) {}

  Result<> append(std::string_view bytes);
  struct Facts {
    std::uint64_t size = 0;
    Sha256Digest sha256 = {};
  };
  Result<Facts> finish();  // writes the footer and syncs

 private:
  Result<> write_block();

  std::unique_ptr<WritableFile> file_;
  std::string block_;
  std::uint64_t blocks_ = 0;
  std::uint64_t size_ = 0;
  Hasher sha256_{HashKind::Sha256};
};

// Errors: NotFound, Corrupt (names the file), Unavailable.
Result<std::unique_ptr<ports::BlobReader>> open_blob_file(const Disk& disk,
                                                          const std::filesystem::path& path);

}  // namespace sextant::adapters
