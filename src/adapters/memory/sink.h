#pragma once
// Documents in memory: for tests of whatever sends to a search engine.
#include <map>
#include <string>

#include "core/guarded.h"
#include "ports/sink.h"

namespace sextant::adapters {

class MemorySink final : public ports::Sink {
 public:
  Result<ports::SinkReport> put(std::string_view index,
                                std::span<const ports::Document> documents) override;
  Result<std::optional<ports::Document>> get(std::string_view index,
                                             std::string_view id) const override;
  Result<std::uint64_t> count(std::string_view index) const override;

 private:
  using Index = std::map<std::string, std::string, std::less<>>;  // id -> JSON
  Guarded<std::map<std::string, Index, std::less<>>> indexes_;
};

}  // namespace sextant::adapters
