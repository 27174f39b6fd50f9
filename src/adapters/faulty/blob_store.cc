#include "adapters/faulty/blob_store.h"

namespace sextant::adapters {
namespace {

using Access = Faults::Access;

class FaultyBlobWriter final : public ports::BlobWriter {
 public:
  FaultyBlobWriter(std::unique_ptr<ports::BlobWriter> inner, Faults& faults)
      : inner_(std::move(inner)), faults_(faults) {}
  Result<> append(std::string_view bytes) override {
    SX_TRY(faults_.before("append to a blob", Access::Write));
    return inner_->append(bytes);
  }
  Result<ports::StagedBlob> finish() override {
    SX_TRY(faults_.before("finish a blob", Access::Write));
    SX_TRY_AS(auto staged, inner_->finish());
    SX_TRY(faults_.after("finish a blob"));
    return staged;
  }

 private:
  std::unique_ptr<ports::BlobWriter> inner_;
  Faults& faults_;
};

class FaultyBlobReader final : public ports::BlobReader {
 public:
  FaultyBlobReader(std::unique_ptr<ports::BlobReader> inner, Faults& faults)
      : inner_(std::move(inner)), faults_(faults) {}
  std::uint64_t size() const override { return inner_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override {
    SX_TRY(faults_.before("read a blob", Access::Read));
    return inner_->read_at(offset, into);
  }

 private:
  std::unique_ptr<ports::BlobReader> inner_;
  Faults& faults_;
};

}  // namespace

Result<std::unique_ptr<ports::BlobWriter>> FaultyBlobStore::create() {
  SX_TRY(faults_.before("create a blob", Access::Write));
  SX_TRY_AS(auto writer, inner_.create());
  return std::make_unique<FaultyBlobWriter>(std::move(writer), faults_);
}

Result<std::unique_ptr<ports::BlobReader>> FaultyBlobStore::open(const ports::BlobId& id) const {
  SX_TRY(faults_.before("open a blob", Access::Read));
  SX_TRY_AS(auto reader, inner_.open(id));
  return std::make_unique<FaultyBlobReader>(std::move(reader), faults_);
}

Result<> FaultyBlobStore::remove(const ports::BlobId& id) {
  SX_TRY(faults_.before("remove a blob", Access::Read));
  SX_TRY(inner_.remove(id));
  return faults_.after("remove a blob");
}

Result<std::vector<ports::BlobId>> FaultyBlobStore::list(const ports::BlobId& after,
                                                         std::size_t limit) const {
  SX_TRY(faults_.before("list blobs", Access::Read));
  return inner_.list(after, limit);
}

}  // namespace sextant::adapters
