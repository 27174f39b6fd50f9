#include "adapters/faulty/sink.h"

#include <algorithm>

namespace sextant::adapters {

using Access = Faults::Access;

Result<ports::SinkReport> FaultySink::put(std::string_view index,
                                          std::span<const ports::Document> documents) {
  SX_TRY(faults_.before("put documents", Access::Read));
  std::vector<ports::Document> passed;
  std::vector<std::size_t> positions;
  std::vector<ports::RefusedDocument> refused;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (auto room = faults_.room("put a document"); !room) {
      refused.push_back({i, std::move(room).error()});
      continue;
    }
    passed.push_back(documents[i]);
    positions.push_back(i);
  }
  SX_TRY_AS(auto report, inner_.put(index, passed));
  for (auto& document : report.refused) document.position = positions[document.position];
  std::ranges::move(refused, std::back_inserter(report.refused));
  std::ranges::sort(report.refused, {}, &ports::RefusedDocument::position);
  SX_TRY(faults_.after("put documents"));
  return report;
}

Result<std::optional<ports::Document>> FaultySink::get(std::string_view index,
                                                       std::string_view id) const {
  SX_TRY(faults_.before("get a document", Access::Read));
  return inner_.get(index, id);
}

Result<std::uint64_t> FaultySink::count(std::string_view index) const {
  SX_TRY(faults_.before("count documents", Access::Read));
  return inner_.count(index);
}

}  // namespace sextant::adapters
