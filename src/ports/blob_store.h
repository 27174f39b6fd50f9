#pragma once
// Bytes too large for the state store, written once, read by id. S3's meaning (keys, versions)
// lives in services/s3; a blob counts only once a committed batch refers to it.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/hash.h"
#include "core/id.h"
#include "core/result.h"

namespace sextant::ports {

using BlobId = Id<struct BlobIdTag>;

struct StagedBlob {
  BlobId id;
  std::uint64_t size = 0;
  Sha256Digest sha256 = {};  // of its bytes, computed while they were written
};

// Not thread-safe; one owner. Destroyed before finish(): nothing stays behind.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  virtual Result<> append(std::string_view bytes) = 0;  // Exhausted: disk full
  // Durable on return (file and directory entry); visible to nobody until a Batch refers to it.
  virtual Result<StagedBlob> finish() = 0;
};

// Any thread. Readable to its end even if the blob is removed meanwhile.
class BlobReader {
 public:
  virtual ~BlobReader() = default;
  virtual std::uint64_t size() const = 0;
  // Fills as much of `into` as there is from offset on, and returns how much. Corrupt (names the
  // file) when a block's checksum is not what was written.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const = 0;
};

class BlobStore {
 public:
  virtual ~BlobStore() = default;

  // Any thread. Errors: Exhausted (disk full), Unavailable.
  virtual Result<std::unique_ptr<BlobWriter>> create() = 0;

  // Errors: NotFound, Corrupt (size is not what was written), Unavailable.
  virtual Result<std::unique_ptr<BlobReader>> open(const BlobId& id) const = 0;

  // Removing twice is not an error.
  virtual Result<> remove(const BlobId& id) = 0;

  // Ids greater than `after`, in order, at most limit: for the sweep of orphans at start.
  virtual Result<std::vector<BlobId>> list(const BlobId& after, std::size_t limit) const = 0;
};

}  // namespace sextant::ports
