#include <algorithm>
#include <boost/json.hpp>

#include "core/json.h"
#include "core/strings.h"
#include "services/iam/handlers.h"
#include "services/iam/paging.h"
#include "services/iam/shapes.h"

namespace sextant::services::iam {

using boost::json::object;

namespace {

// Puts the request's tags among those that there are.
Result<> add_tags(const Request& request, Tags& tags) {
  SX_TRY_AS(const auto added, tags_of(request.parameters));
  if (added.empty()) SX_TRY(required(request.parameters, "Tags"));
  merge(added, tags);
  if (tags.size() > kTagsMax) return too_many_tags();
  return {};
}

Result<> remove_tags(const Request& request, Tags& tags) {
  const auto* keys = json::find(request.parameters, "TagKeys");
  if (keys == nullptr || !keys->is_array()) SX_TRY(required(request.parameters, "TagKeys"));
  if (keys == nullptr || !keys->is_array()) return validation_error("TagKeys is a list of keys");
  for (const auto& key : keys->get_array()) {
    if (!key.is_string()) return validation_error("TagKeys is a list of keys");
    const std::string text(key.get_string());
    std::erase_if(tags, [&](const auto& tag) { return iequals(tag.first, text); });
  }
  return {};
}

Answer page_of(const Request& request, const Tags& all) {
  using Tag = std::pair<std::string, std::string>;
  const std::vector<Tag> tags(all.begin(), all.end());
  return page(
      request.parameters, "Tags", tags, [](const Tag& tag) { return tag.first; },
      [](const Tag& tag) { return object{{"Key", tag.first}, {"Value", tag.second}}; });
}

}  // namespace

Answer tag_identity(const Request& request) {
  SX_TRY_AS(auto identity, own_identity(request));
  SX_TRY(add_tags(request, identity.tags));
  request.draft.put(identity);
  return object{};
}

Answer untag_identity(const Request& request) {
  SX_TRY_AS(auto identity, own_identity(request));
  SX_TRY(remove_tags(request, identity.tags));
  request.draft.put(identity);
  return object{};
}

Answer list_tags(const Request& request) {
  SX_TRY_AS(const auto identity, named_identity(request));
  return page_of(request, identity->tags);
}

Answer tag_policy(const Request& request) {
  SX_TRY_AS(auto policy, own_policy(request));
  SX_TRY(add_tags(request, policy.tags));
  request.draft.put(policy);
  return object{};
}

Answer untag_policy(const Request& request) {
  SX_TRY_AS(auto policy, own_policy(request));
  SX_TRY(remove_tags(request, policy.tags));
  request.draft.put(policy);
  return object{};
}

Answer list_policy_tags(const Request& request) {
  SX_TRY_AS(const auto policy, named_policy(request));
  return page_of(request, policy->tags);
}

}  // namespace sextant::services::iam
