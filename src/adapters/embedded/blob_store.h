#pragma once
// Blobs as files in a directory tree: `tmp/<id>` while written, `<first two digits>/<id>` once
// durable. Ids are 32 random hex digits.
#include <filesystem>
#include <memory>

#include "adapters/embedded/disk.h"
#include "ports/blob_store.h"

namespace sextant::adapters {

class EmbeddedBlobStore final : public ports::BlobStore {
 public:
  struct Options {
    Disk& disk;  // outlives the store
    // Room that blobs leave free, for the state store to go on; a quarter of the disk if that is
    // less.
    std::uint64_t reserve_bytes = 64u << 20;
  };

  // Makes `folder` if it is missing, and removes what an ended process left unfinished in it. One
  // process at a time. Errors: Exhausted, Unavailable.
  static Result<std::unique_ptr<EmbeddedBlobStore>> open(const std::filesystem::path& folder,
                                                         const Options& options);

  Result<std::unique_ptr<ports::BlobWriter>> create() override;
  Result<std::unique_ptr<ports::BlobReader>> open(const ports::BlobId& id) const override;
  Result<> remove(const ports::BlobId& id) override;
  Result<std::vector<ports::BlobId>> list(const ports::BlobId& after,
                                          std::size_t limit) const override;

 private:
  class Writer;
  EmbeddedBlobStore(std::filesystem::path folder, const Options& options)
      : folder_(std::move(folder)), options_(options), folders_(options.disk, folder_) {}
  std::filesystem::path path_of(const ports::BlobId& id) const;
  std::filesystem::path temporary_path(const ports::BlobId& id) const;
  Result<> leave_reserve() const;
  Result<> publish(const ports::BlobId& id);

  const std::filesystem::path folder_;
  const Options options_;
  DurableFolders folders_;
};

}  // namespace sextant::adapters
