#pragma once
// Blobs in memory: for tests. Ids count up, so that runs repeat.
#include <map>
#include <string>

#include "core/guarded.h"
#include "ports/blob_store.h"

namespace sextant::adapters {

class MemoryBlobStore final : public ports::BlobStore {
 public:
  Result<std::unique_ptr<ports::BlobWriter>> create() override;
  Result<std::unique_ptr<ports::BlobReader>> open(const ports::BlobId& id) const override;
  Result<> remove(const ports::BlobId& id) override;
  Result<std::vector<ports::BlobId>> list(const ports::BlobId& after,
                                          std::size_t limit) const override;

 private:
  class Writer;
  using Bytes = std::shared_ptr<const std::string>;
  struct State {
    std::map<ports::BlobId, Bytes> blobs;
    std::uint64_t last_id = 0;
  };
  Guarded<State> state_;
};

}  // namespace sextant::adapters
