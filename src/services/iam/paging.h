#pragma once
// Lists in pages, as IAM gives them: MaxItems and Marker in, IsTruncated and Marker out.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace sextant::services::iam {

struct PageRequest {
  std::size_t items_max = 100;
  std::string after;  // the key of the last item of the page before; "" for the first page
};
// Invalid ("ValidationError"): MaxItems is not 1 to 1,000, or the marker is none of ours.
Result<PageRequest> page_request(const boost::json::object& parameters);
std::string marker_of(std::string_view key);

// The page as members of an answer: {NAME: […], IsTruncated, Marker?}. `items` are sorted by
// key_of(item), which no two share; `show` makes JSON of those that are on the page only.
template <typename Item, typename KeyOf, typename Show>
Result<boost::json::object> page(const boost::json::object& parameters, std::string_view name,
                                 const std::vector<Item>& items, const KeyOf& key_of,
                                 const Show& show) {
  SX_TRY_AS(const auto request, page_request(parameters));
  boost::json::array shown;
  boost::json::object answer;
  std::string last;
  bool truncated = false;
  for (const auto& item : items) {
    const std::string key(key_of(item));
    if (!request.after.empty() && key <= request.after) continue;
    truncated = shown.size() == request.items_max;
    if (truncated) break;
    shown.push_back(show(item));
    last = key;
  }
  answer[name] = std::move(shown);
  answer["IsTruncated"] = truncated;
  if (truncated) answer["Marker"] = marker_of(last);
  return answer;
}

}  // namespace sextant::services::iam
