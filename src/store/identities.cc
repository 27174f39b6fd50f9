#include "store/identities.h"

#include <utility>

#include "core/hash.h"
#include "core/strings.h"
#include "model/managed_policies.h"
#include "store/configuration.h"
#include "store/keys.h"

namespace sextant::store {
namespace {

// "/path/" of "arn:aws:iam::000000000000:role/path/name".
std::string path_of_arn(std::string_view arn) {
  const auto first = arn.find('/');
  const auto last = arn.rfind('/');
  return first == std::string_view::npos ? "/" : std::string(arn.substr(first, last - first + 1));
}

Result<> take_identity(const ports::Entry& entry, std::string_view prefix,
                       std::map<std::string, IdentityPtr, std::less<>>& into) {
  SX_TRY_AS(auto record, within("stored " + entry.key, decode_identity(entry.value)));
  into[entry.key.substr(prefix.size())] = std::make_shared<const IdentityRecord>(std::move(record));
  return {};
}

Result<> take_policy(const ports::Entry& entry, std::string_view prefix, Identities& into) {
  SX_TRY_AS(auto record, within("stored " + entry.key, decode_policy(entry.value)));
  into.policies[entry.key.substr(prefix.size())] =
      std::make_shared<const PolicyRecord>(std::move(record));
  return {};
}

template <typename Record>
std::shared_ptr<const Record> find_by_name(
    const std::map<std::string, std::shared_ptr<const Record>, std::less<>>& records,
    std::string_view name) {
  const auto found = records.find(to_lower(name));
  return found == records.end() ? nullptr : found->second;
}

}  // namespace

Result<Identities> load_identities(const ports::StateStore& state, const Scope& scope) {
  Identities all;
  const auto users = keys::users(scope);
  SX_TRY(ports::for_each(
      state, users, [&](const auto& entry) { return take_identity(entry, users, all.users); }));
  const auto roles = keys::roles(scope);
  SX_TRY(ports::for_each(
      state, roles, [&](const auto& entry) { return take_identity(entry, roles, all.roles); }));
  const auto policies = keys::policies(scope);
  SX_TRY(ports::for_each(state, policies,
                         [&](const auto& entry) { return take_policy(entry, policies, all); }));
  return all;
}

Result<> reload(const ports::StateStore& state, const Scope& scope,
                const std::vector<std::string>& keys, Identities& identities) {
  const auto users = keys::users(scope);
  const auto roles = keys::roles(scope);
  const auto policies = keys::policies(scope);
  for (const auto& key : keys) {
    SX_TRY_AS(const auto entry, state.get(key));
    if (key.starts_with(users)) {
      identities.users.erase(key.substr(users.size()));
      if (entry) SX_TRY(take_identity(*entry, users, identities.users));
    } else if (key.starts_with(roles)) {
      identities.roles.erase(key.substr(roles.size()));
      if (entry) SX_TRY(take_identity(*entry, roles, identities.roles));
    } else if (key.starts_with(policies)) {
      identities.policies.erase(key.substr(policies.size()));
      if (entry) SX_TRY(take_policy(*entry, policies, identities));
    }
  }
  return {};
}

std::string_view name_of_arn(std::string_view arn) {
  const auto slash = arn.rfind('/');
  return slash == std::string_view::npos ? arn : arn.substr(slash + 1);
}

IdentityPtr find_identity(const Configuration& configuration, IdentityKind kind,
                          std::string_view name) {
  const auto& identities = *configuration.identities;
  if (kind == IdentityKind::User) return find_by_name(identities.users, name);
  if (auto found = find_by_name(identities.roles, name)) return found;
  for (const auto& [stack, deployed] : configuration.apps) {
    for (const auto& [arn, role] : deployed.app.roles) {
      if (iequals(role.name, name))
        return std::make_shared<const IdentityRecord>(identity_of(role, deployed.created));
    }
  }
  return nullptr;
}

IdentityPtr find_identity_by_arn(const Configuration& configuration, std::string_view arn) {
  const bool user = arn.contains(":user/");
  if (!user && !arn.contains(":role/")) return nullptr;
  auto found = find_identity(configuration, user ? IdentityKind::User : IdentityKind::Role,
                             name_of_arn(arn));
  return found != nullptr && found->arn == arn ? found : nullptr;
}

PolicyRecordPtr find_policy(const Configuration& configuration, std::string_view arn) {
  auto made = find_by_name(configuration.identities->policies, name_of_arn(arn));
  if (made != nullptr && made->arn == arn) return made;
  for (const auto& [stack, deployed] : configuration.apps) {
    const auto declared = deployed.app.managed_policies.find(std::string(arn));
    if (declared != deployed.app.managed_policies.end())
      return std::make_shared<const PolicyRecord>(policy_of(declared->second, deployed.created));
  }
  const auto document = model::find_managed_policy(arn);
  if (!document) return nullptr;
  return std::make_shared<const PolicyRecord>(aws_policy(arn, *document));
}

std::string stack_of(const Configuration& configuration, std::string_view arn) {
  for (const auto& [stack, deployed] : configuration.apps) {
    const auto& app = deployed.app;
    if (app.roles.contains(std::string(arn)) || app.managed_policies.contains(std::string(arn)))
      return stack;
  }
  return {};
}

std::string derived_id(std::string_view prefix, std::string_view arn) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string id(prefix);
  for (const char c : sha256_hex(arn).substr(0, 17))
    id.push_back(kAlphabet[static_cast<unsigned char>(c) % kAlphabet.size()]);
  return id;
}

IdentityRecord identity_of(const model::Role& role, Time created) {
  IdentityRecord identity{.kind = IdentityKind::Role,
                          .name = role.name,
                          .path = path_of_arn(role.arn),
                          .id = derived_id("AROA", role.arn),
                          .arn = role.arn,
                          .created = created,
                          .attached_policies = role.managed_policy_arns,
                          .boundary_arn = role.permissions_boundary_arn,
                          .tags = role.tags,
                          .trust_policy = role.trust_policy,
                          .trusted_ids = role.trusted_ids};
  for (const auto& policy : role.inline_policies)
    identity.inline_policies[policy.name] = policy.document;
  return identity;
}

PolicyRecord policy_of(const model::ManagedPolicy& policy, Time created) {
  return {.name = policy.name,
          .path = path_of_arn(policy.arn),
          .id = derived_id("ANPA", policy.arn),
          .arn = policy.arn,
          .created = created,
          .updated = created,
          .versions = {{.number = 1, .document = policy.document, .created = created}}};
}

PolicyRecord aws_policy(std::string_view arn, std::string_view document) {
  // The day that AWS shows for the first of them.
  constexpr Time kThen{std::chrono::seconds(1'423'247'986)};
  return {.name = std::string(name_of_arn(arn)),
          .path = path_of_arn(arn),
          .id = derived_id("ANPA", arn),
          .arn = std::string(arn),
          .created = kThen,
          .updated = kThen,
          .versions = {{.number = 1, .document = std::string(document), .created = kThen}}};
}

}  // namespace sextant::store
