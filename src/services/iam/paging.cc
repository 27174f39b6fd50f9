#include "services/iam/paging.h"

#include "core/encoding.h"
#include "services/iam/parameters.h"

namespace sextant::services::iam {
namespace {

constexpr int kItemsMax = 1'000;
constexpr int kItems = 100;
constexpr std::string_view kMarkerHead = "1:";

}  // namespace

std::string marker_of(std::string_view key) { return base64(std::string(kMarkerHead).append(key)); }

Result<PageRequest> page_request(const boost::json::object& parameters) {
  SX_TRY_AS(const auto items, number_of(parameters, "MaxItems", 1, kItemsMax, kItems));
  PageRequest request{.items_max = static_cast<std::size_t>(items), .after = {}};
  const auto marker = optional_text(parameters, "Marker");
  if (!marker || marker->empty()) return request;
  const auto text = from_base64(*marker);
  if (!text || !text->starts_with(kMarkerHead) || text->size() == kMarkerHead.size())
    return validation_error("Invalid Marker.");
  request.after = text->substr(kMarkerHead.size());
  return request;
}

}  // namespace sextant::services::iam
