#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "core/strings.h"
#include "guard/trusted_principals.h"
#include "services/iam/documents.h"
#include "services/iam/handlers.h"
#include "services/iam/paging.h"
#include "services/iam/shapes.h"

namespace sextant::services::iam {
namespace {

using boost::json::object;
using guard::iam::PolicyKind;

constexpr std::size_t kRolesMax = 1'000;
constexpr int kSessionLeast = 3'600;
constexpr int kSessionMost = 43'200;

struct Trust {
  std::string policy;
  std::map<std::string, std::string> ids;
};
Result<Trust> trust_of(const Request& request, std::string_view parameter) {
  Trust trust;
  SX_TRY_AS(trust.policy, document_of(request, parameter, PolicyKind::Trust));
  const auto most = guard::iam::size_max(PolicyKind::Trust);
  if (guard::iam::counted_size(trust.policy) > most)
    return limit_exceeded("Cannot exceed quota for ACLSizePerRole: " + std::to_string(most));
  SX_TRY_AS(trust.ids, trusted_ids_of(request, trust.policy));
  return trust;
}

// "" when there is no user of that unique id.
std::string arn_of_user(const store::Configuration& configuration, std::string_view id) {
  const auto& users = configuration.identities->users;
  const auto found = std::ranges::find(users, id, [](const auto& user) { return user.second->id; });
  return found == users.end() ? std::string() : found->second->arn;
}

// As with AWS, a principal that was renamed stands there under its new name, and one that is gone,
// or is somebody else by now, by its unique id.
object shown_role(const Request& request, const store::IdentityRecord& role, Detail detail) {
  auto changed = role.trusted_ids;
  std::erase_if(changed, [&](const auto& trusted) {
    const auto now = store::find_identity_by_arn(request.configuration, trusted.first);
    return now != nullptr && now->id == trusted.second;
  });
  if (changed.empty()) return shown_identity(role, detail);
  for (auto& [old_arn, stands_there] : changed) {
    if (auto arn = arn_of_user(request.configuration, stands_there); !arn.empty())
      stands_there = std::move(arn);
  }
  auto shown = role;
  shown.trust_policy = guard::with_names(role.trust_policy, changed);
  return shown_identity(shown, detail);
}

}  // namespace

Answer create_role(const Request& request) {
  SX_TRY_AS(auto name, required_name(request.parameters, "RoleName", kRoleNameMax));
  SX_TRY_AS(auto path, path_of(request.parameters));
  SX_TRY_AS(auto description, description_of(request.parameters));
  SX_TRY_AS(auto tags, tags_of(request.parameters));
  SX_TRY_AS(const auto session_max_s, number_of(request.parameters, "MaxSessionDuration",
                                                kSessionLeast, kSessionMost, kSessionLeast));
  if (store::find_identity(request.configuration, store::IdentityKind::Role, name) != nullptr)
    return already_exists("Role with name " + name + " already exists.");
  if (request.configuration.identities->roles.size() >= kRolesMax)
    return limit_exceeded("Cannot exceed quota for RolesPerAccount: 1000");
  if (tags.size() > kTagsMax) return too_many_tags();
  SX_TRY_AS(auto boundary, boundary_of(request));
  SX_TRY_AS(auto trust, trust_of(request, "AssumeRolePolicyDocument"));
  store::IdentityRecord role{.kind = store::IdentityKind::Role,
                             .name = std::move(name),
                             .path = std::move(path),
                             .id = make_unique_id("AROA"),
                             .created = request.parts.clock.now(),
                             .boundary_arn = std::move(boundary),
                             .tags = std::move(tags),
                             .trust_policy = std::move(trust.policy),
                             .trusted_ids = std::move(trust.ids),
                             .description = std::move(description),
                             .session_max_s = session_max_s};
  role.arn = "arn:aws:iam::" + request.parts.scope.account.text() + ":role" + role.path + role.name;
  request.draft.put(role);
  request.draft.concerns_stacks();
  return object{{"Role", shown_identity(role, Detail::Whole)}};
}

Answer get_role(const Request& request) {
  SX_TRY_AS(const auto role, named_identity(request));
  return object{{"Role", shown_role(request, *role, Detail::Whole)}};
}

Answer list_roles(const Request& request) {
  SX_TRY_AS(const auto prefix, path_prefix_of(request.parameters));
  std::vector<store::IdentityPtr> roles;
  for (const auto& [name, role] : request.configuration.identities->roles) roles.push_back(role);
  for (const auto& [arn, role] : request.configuration.roles)
    roles.push_back(store::find_identity_by_arn(request.configuration, arn));
  std::erase_if(
      roles, [&](const auto& role) { return role == nullptr || !role->path.starts_with(prefix); });
  const auto key_of = [](const auto& role) { return to_lower(role->name); };
  std::ranges::sort(roles, {}, key_of);
  return page(request.parameters, "Roles", roles, key_of,
              [&](const auto& role) { return shown_role(request, *role, Detail::Listed); });
}

Answer delete_role(const Request& request) {
  SX_TRY_AS(const auto role, own_identity(request));
  SX_TRY(check_without_policies(role));
  for (const auto& [name, function] : request.configuration.functions) {
    if (function.role_arn != role.arn) continue;
    return delete_conflict("Cannot delete entity, function " + name.text() +
                           " of a stack runs with it: give it another role first.");
  }
  request.draft.erase(role);
  request.draft.concerns_stacks();
  return object{};
}

Answer update_role(const Request& request) {
  SX_TRY_AS(auto role, own_identity(request));
  if (optional_text(request.parameters, "Description")) {
    SX_TRY_AS(role.description, description_of(request.parameters));
  }
  // "If you do not specify a value for this setting, the default value of one hour is applied":
  // docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html. It says nothing of the kind of
  // the description, which stays.
  SX_TRY_AS(role.session_max_s, number_of(request.parameters, "MaxSessionDuration", kSessionLeast,
                                          kSessionMost, kSessionLeast));
  request.draft.put(role);
  return object{};
}

Answer update_role_description(const Request& request) {
  SX_TRY_AS(auto role, own_identity(request));
  SX_TRY_AS(role.description, description_of(request.parameters));
  request.draft.put(role);
  return object{{"Role", shown_role(request, role, Detail::Whole)}};
}

Answer update_assume_role_policy(const Request& request) {
  SX_TRY_AS(auto role, own_identity(request));
  SX_TRY_AS(auto trust, trust_of(request, "PolicyDocument"));
  role.trust_policy = std::move(trust.policy);
  role.trusted_ids = std::move(trust.ids);
  request.draft.put(role);
  request.draft.concerns_stacks();
  return object{};
}

}  // namespace sextant::services::iam
