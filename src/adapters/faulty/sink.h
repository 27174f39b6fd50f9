#pragma once
// A sink that fails now and then, over a real one; also for single documents of a call.
#include "adapters/faulty/faults.h"
#include "ports/sink.h"

namespace sextant::adapters {

class FaultySink final : public ports::Sink {
 public:
  // Both outlive this. Single documents are refused with Exhausted at the odds of `full`.
  FaultySink(ports::Sink& inner, Faults& faults) : inner_(inner), faults_(faults) {}
  Result<ports::SinkReport> put(std::string_view index,
                                std::span<const ports::Document> documents) override;
  Result<std::optional<ports::Document>> get(std::string_view index,
                                             std::string_view id) const override;
  Result<std::uint64_t> count(std::string_view index) const override;

 private:
  ports::Sink& inner_;
  Faults& faults_;
};

}  // namespace sextant::adapters
