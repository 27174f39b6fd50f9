#include "adapters/memory/blob_store.h"

#include <cstdio>

namespace sextant::adapters {
namespace {

class MemoryBlobReader final : public ports::BlobReader {
 public:
  explicit MemoryBlobReader(std::shared_ptr<const std::string> bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override {
    if (offset >= bytes_->size()) return 0;
    return bytes_->copy(into.data(), into.size(), offset);
  }

 private:
  std::shared_ptr<const std::string> bytes_;
};

std::unexpected<Error> no_blob(const ports::BlobId& id) {
  return fail(Code::NotFound, "there is no blob '" + id.text() + "'");
}

}  // namespace

class MemoryBlobStore::Writer final : public ports::BlobWriter {
 public:
  explicit Writer(MemoryBlobStore& store) : store_(store) {}

  Result<> append(std::string_view bytes) override {
    bytes_.append(bytes);
    return {};
  }

  Result<ports::StagedBlob> finish() override {
    ports::StagedBlob staged{.id = {}, .size = bytes_.size(), .sha256 = sha256(bytes_)};
    auto bytes = std::make_shared<const std::string>(std::move(bytes_));
    staged.id = store_.state_.with([&](State& state) {
      char text[17];
      std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(++state.last_id));
      ports::BlobId id{text};
      state.blobs.emplace(id, std::move(bytes));
      return id;
    });
    return staged;
  }

 private:
  MemoryBlobStore& store_;
  std::string bytes_;
};

Result<std::unique_ptr<ports::BlobWriter>> MemoryBlobStore::create() {
  return std::make_unique<Writer>(*this);
}

Result<std::unique_ptr<ports::BlobReader>> MemoryBlobStore::open(const ports::BlobId& id) const {
  const Bytes bytes = state_.with([&](const State& state) {
    const auto found = state.blobs.find(id);
    return found == state.blobs.end() ? nullptr : found->second;
  });
  if (!bytes) return no_blob(id);
  return std::make_unique<MemoryBlobReader>(bytes);
}

Result<> MemoryBlobStore::remove(const ports::BlobId& id) {
  state_.with([&](State& state) { state.blobs.erase(id); });
  return {};
}

Result<std::vector<ports::BlobId>> MemoryBlobStore::list(const ports::BlobId& after,
                                                         std::size_t limit) const {
  return state_.with([&](const State& state) {
    std::vector<ports::BlobId> ids;
    for (auto it = state.blobs.upper_bound(after); it != state.blobs.end(); ++it) {
      if (ids.size() >= limit) break;
      ids.push_back(it->first);
    }
    return ids;
  });
}

}  // namespace sextant::adapters
