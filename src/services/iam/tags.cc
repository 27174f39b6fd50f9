#include <algorithm>
#include <boost/json.hpp>

#include "core/json.h"
#include "core/strings.h"
#include "services/iam/handlers.h"
#include "services/iam/paging.h"
#include "services/iam/shapes.h"

namespace sextant::services::iam {

using boost::json::object;

Answer tag_identity(const Request& request) {
  SX_TRY_AS(auto identity, own_identity(request));
  SX_TRY_AS(const auto tags, tags_of(request.parameters));
  if (tags.empty()) SX_TRY(required(request.parameters, "Tags"));
  merge(tags, identity.tags);
  if (identity.tags.size() > kTagsMax) return too_many_tags();
  request.draft.put(identity);
  return object{};
}

Answer untag_identity(const Request& request) {
  SX_TRY_AS(auto identity, own_identity(request));
  const auto* keys = json::find(request.parameters, "TagKeys");
  if (keys == nullptr || !keys->is_array()) SX_TRY(required(request.parameters, "TagKeys"));
  if (keys == nullptr || !keys->is_array()) return validation_error("TagKeys is a list of keys");
  for (const auto& key : keys->get_array()) {
    if (!key.is_string()) return validation_error("TagKeys is a list of keys");
    const std::string text(key.get_string());
    std::erase_if(identity.tags, [&](const auto& tag) { return iequals(tag.first, text); });
  }
  request.draft.put(identity);
  return object{};
}

Answer list_tags(const Request& request) {
  SX_TRY_AS(const auto identity, named_identity(request));
  using Tag = std::pair<std::string, std::string>;
  const std::vector<Tag> tags(identity->tags.begin(), identity->tags.end());
  return page(
      request.parameters, "Tags", tags, [](const Tag& tag) { return tag.first; },
      [](const Tag& tag) { return object{{"Key", tag.first}, {"Value", tag.second}}; });
}

}  // namespace sextant::services::iam
