#pragma once
// A blob store that fails now and then, over a real one.
#include "adapters/faulty/faults.h"
#include "ports/blob_store.h"

namespace sextant::adapters {

class FaultyBlobStore final : public ports::BlobStore {
 public:
  // Both outlive this and its readers and writers.
  FaultyBlobStore(ports::BlobStore& inner, Faults& faults) : inner_(inner), faults_(faults) {}
  Result<std::unique_ptr<ports::BlobWriter>> create() override;
  Result<std::unique_ptr<ports::BlobReader>> open(const ports::BlobId& id) const override;
  Result<> remove(const ports::BlobId& id) override;
  Result<std::vector<ports::BlobId>> list(const ports::BlobId& after,
                                          std::size_t limit) const override;

 private:
  ports::BlobStore& inner_;
  Faults& faults_;
};

}  // namespace sextant::adapters
