#include <boost/json.hpp>

#include "core/strings.h"
#include "services/iam/handlers.h"
#include "services/iam/paging.h"
#include "services/iam/shapes.h"

namespace sextant::services::iam {
namespace {

using boost::json::object;

constexpr std::size_t kUsersMax = 5'000;

// The root has no name and no record.
object shown_root(const Request& request) {
  const auto keys = request.parts.credentials.keys_of(request.call.principal.principal_id);
  return {{"Path", "/"},
          {"UserId", request.call.principal.principal_id},
          {"Arn", request.call.principal.arn},
          {"CreateDate", shown_time(keys.empty() ? Time{} : keys.front()->created)}};
}

std::string arn_of(const Request& request, const store::IdentityRecord& user) {
  return "arn:aws:iam::" + request.parts.scope.account.text() + ":user" + user.path + user.name;
}

}  // namespace

Answer create_user(const Request& request) {
  SX_TRY_AS(auto name, required_name(request.parameters, "UserName", kUserNameMax));
  SX_TRY_AS(auto path, path_of(request.parameters));
  SX_TRY_AS(auto tags, tags_of(request.parameters));
  SX_TRY_AS(auto boundary, boundary_of(request));
  const auto& users = request.configuration.identities->users;
  if (users.contains(to_lower(name)))
    return already_exists("User with name " + name + " already exists.");
  if (users.size() >= kUsersMax)
    return limit_exceeded("Cannot exceed quota for UsersPerAccount: 5000");
  if (tags.size() > kTagsMax) return too_many_tags();
  store::IdentityRecord user{.kind = store::IdentityKind::User,
                             .name = std::move(name),
                             .path = std::move(path),
                             .id = make_unique_id("AIDA"),
                             .arn = {},
                             .created = request.parts.clock.now(),
                             .boundary_arn = std::move(boundary),
                             .tags = std::move(tags)};
  user.arn = arn_of(request, user);
  request.draft.put(user);
  return object{{"User", shown_identity(user, Detail::Whole)}};
}

Answer get_user(const Request& request) {
  if (!optional_text(request.parameters, "UserName")) {
    SX_TRY(check_is_root(request));
    return object{{"User", shown_root(request)}};
  }
  SX_TRY_AS(const auto user, named_identity(request));
  return object{{"User", shown_identity(*user, Detail::Whole)}};
}

Answer list_users(const Request& request) {
  SX_TRY_AS(const auto prefix, path_prefix_of(request.parameters));
  std::vector<const store::IdentityRecord*> users;
  for (const auto& [name, user] : request.configuration.identities->users) {
    if (user->path.starts_with(prefix)) users.push_back(user.get());
  }
  return page(
      request.parameters, "Users", users, [](const auto* user) { return to_lower(user->name); },
      [](const auto* user) { return shown_identity(*user, Detail::Listed); });
}

// Whoever is renamed stays who it is: its keys, sessions, policies and what others grant it hang on
// its unique id. IAM User Guide, "Rename an IAM user".
Answer update_user(const Request& request) {
  SX_TRY_AS(const auto before, own_identity(request));
  auto user = before;
  if (optional_text(request.parameters, "NewUserName")) {
    SX_TRY_AS(user.name, required_name(request.parameters, "NewUserName", kUserNameMax));
  }
  if (optional_text(request.parameters, "NewPath")) {
    SX_TRY_AS(user.path, path_of(request.parameters, "NewPath"));
  }
  user.arn = arn_of(request, user);
  if (user.arn == before.arn) return object{};
  SX_TRY(request.ask(user.arn));
  const bool same_name = iequals(user.name, before.name);
  if (!same_name && request.configuration.identities->users.contains(to_lower(user.name)))
    return already_exists("User with name " + user.name + " already exists.");
  if (!same_name) request.draft.erase(before);
  request.draft.put(user);
  return object{};
}

Answer delete_user(const Request& request) {
  SX_TRY_AS(const auto user, own_identity(request));
  if (!request.parts.credentials.keys_of(user.id).empty())
    return delete_conflict("Cannot delete entity, must delete access keys first.");
  SX_TRY(check_without_policies(user));
  request.draft.erase(user);
  return object{};
}

}  // namespace sextant::services::iam
