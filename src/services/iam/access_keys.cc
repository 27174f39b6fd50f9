#include <algorithm>
#include <boost/json.hpp>

#include "services/iam/handlers.h"
#include "services/iam/paging.h"
#include "services/iam/shapes.h"

namespace sextant::services::iam {
namespace {

using boost::json::object;

constexpr std::size_t kKeysPerUserMax = 2;

// Whose keys the call is about: the named user, or the root when it calls without a name.
Result<sdk::Principal> owner_of(const Request& request) {
  sdk::Principal owner;
  owner.account = request.parts.scope.account;
  if (!optional_text(request.parameters, "UserName")) {
    SX_TRY(check_is_root(request));
    owner.kind = sdk::PrincipalKind::Root;
    owner.arn = request.call.principal.arn;
    owner.principal_id = request.call.principal.principal_id;
    return owner;
  }
  SX_TRY_AS(const auto user, named_identity(request));
  owner.kind = sdk::PrincipalKind::User;
  owner.arn = user->arn;
  owner.principal_id = user->id;
  return owner;
}

object shown_owner(const sdk::Principal& owner) {
  if (owner.kind == sdk::PrincipalKind::Root) return {};
  return {{"UserName", store::name_of_arn(owner.arn)}};
}

const char* status_of(const guard::Credential& key) { return key.active ? "Active" : "Inactive"; }

Result<guard::CredentialPtr> named_key(const Request& request) {
  SX_TRY_AS(const auto owner, owner_of(request));
  SX_TRY_AS(const auto id, required(request.parameters, "AccessKeyId"));
  const auto keys = request.parts.credentials.keys_of(owner.principal_id);
  const auto found =
      std::ranges::find(keys, id, [](const auto& key) { return key->principal.access_key_id; });
  if (found != keys.end()) return *found;
  return no_such_entity("The Access Key with id " + id + " cannot be found");
}

}  // namespace

Answer create_access_key(const Request& request) {
  SX_TRY_AS(const auto owner, owner_of(request));
  if (request.parts.credentials.keys_of(owner.principal_id).size() >= kKeysPerUserMax)
    return limit_exceeded("Cannot exceed quota for AccessKeysPerUser: 2");
  const auto keys = request.draft.make_access_key(request.parts.credentials, owner);
  auto shown = shown_owner(owner);
  shown["AccessKeyId"] = keys.access_key_id;
  shown["Status"] = "Active";
  shown["SecretAccessKey"] = keys.secret_access_key;
  shown["CreateDate"] = shown_time(request.parts.clock.now());
  return object{{"AccessKey", std::move(shown)}};
}

Answer list_access_keys(const Request& request) {
  SX_TRY_AS(const auto owner, owner_of(request));
  auto keys = request.parts.credentials.keys_of(owner.principal_id);
  const auto id_of = [](const auto& key) { return key->principal.access_key_id; };
  std::ranges::sort(keys, {}, id_of);
  return page(request.parameters, "AccessKeyMetadata", keys, id_of, [&](const auto& key) {
    auto shown = shown_owner(owner);
    shown["AccessKeyId"] = key->principal.access_key_id;
    shown["Status"] = status_of(*key);
    shown["CreateDate"] = shown_time(key->created);
    return shown;
  });
}

Answer update_access_key(const Request& request) {
  SX_TRY_AS(const auto key, named_key(request));
  SX_TRY_AS(const auto status, required(request.parameters, "Status"));
  if (status != "Active" && status != "Inactive") {
    return validation_error("1 validation error detected: Value '" + status.substr(0, 100) +
                            "' at 'status' failed to satisfy constraint: Member must satisfy enum "
                            "value set: [Active, Inactive]");
  }
  using Status = guard::CredentialStore::KeyStatus;
  request.parts.credentials.set_status(*key, status == "Active" ? Status::Active : Status::Inactive,
                                       request.draft.batch_for_key(key->principal.access_key_id));
  return object{};
}

Answer delete_access_key(const Request& request) {
  SX_TRY_AS(const auto key, named_key(request));
  request.parts.credentials.erase(*key, request.draft.batch_for_key(key->principal.access_key_id));
  return object{};
}

}  // namespace sextant::services::iam
