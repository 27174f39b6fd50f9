#include "adapters/memory/sink.h"

#include <boost/json.hpp>

#include "core/json.h"

namespace sextant::adapters {
namespace {

Result<> check_object(std::string_view text) {
  SX_TRY_AS(const auto value, json::parse(text));
  if (value.is_object()) return {};
  return fail(Code::Invalid, "a document is one JSON object");
}

}  // namespace

Result<ports::SinkReport> MemorySink::put(std::string_view index,
                                          std::span<const ports::Document> documents) {
  SX_TRY(ports::check_index_name(index));
  SX_TRY(ports::check_documents(documents));
  return indexes_.with([&](auto& indexes) {
    ports::SinkReport report;
    Index& known = indexes[std::string(index)];
    for (std::size_t i = 0; i < documents.size(); ++i) {
      const auto& document = documents[i];
      if (known.contains(document.id)) {
        ++report.existing;
      } else if (auto checked = check_object(document.json); !checked) {
        report.refused.push_back({i, std::move(checked).error()});
      } else {
        known.emplace(document.id, document.json);
        ++report.created;
      }
    }
    return report;
  });
}

Result<std::optional<ports::Document>> MemorySink::get(std::string_view index,
                                                       std::string_view id) const {
  SX_TRY(ports::check_index_name(index));
  return indexes_.with([&](const auto& indexes) -> std::optional<ports::Document> {
    const auto known = indexes.find(index);
    if (known == indexes.end()) return std::nullopt;
    const auto found = known->second.find(id);
    if (found == known->second.end()) return std::nullopt;
    return ports::Document{found->first, found->second};
  });
}

Result<std::uint64_t> MemorySink::count(std::string_view index) const {
  SX_TRY(ports::check_index_name(index));
  return indexes_.with([&](const auto& indexes) -> std::uint64_t {
    const auto known = indexes.find(index);
    return known == indexes.end() ? 0 : known->second.size();
  });
}

}  // namespace sextant::adapters
