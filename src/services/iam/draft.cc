#include "services/iam/draft.h"

#include "store/keys.h"

namespace sextant::services::iam {

std::string Draft::key_of(const store::IdentityRecord& identity) const {
  return identity.kind == store::IdentityKind::User ? store::keys::user(scope_, identity.name)
                                                    : store::keys::role(scope_, identity.name);
}

void Draft::put(const store::IdentityRecord& identity) {
  identity_keys_.push_back(key_of(identity));
  batch_.puts.push_back({.key = identity_keys_.back(), .value = store::encode(identity)});
}

void Draft::erase(const store::IdentityRecord& identity) {
  identity_keys_.push_back(key_of(identity));
  batch_.erases.push_back(identity_keys_.back());
}

void Draft::put(const store::PolicyRecord& policy) {
  identity_keys_.push_back(store::keys::policy(scope_, policy.name));
  batch_.puts.push_back({.key = identity_keys_.back(), .value = store::encode(policy)});
}

void Draft::erase(const store::PolicyRecord& policy) {
  identity_keys_.push_back(store::keys::policy(scope_, policy.name));
  batch_.erases.push_back(identity_keys_.back());
}

sigv4::Credentials Draft::make_access_key(const guard::CredentialStore& credentials,
                                          const sdk::Principal& owner) {
  auto keys = credentials.make_access_key(owner, batch_);
  access_key_ids_.push_back(keys.access_key_id);
  return keys;
}

ports::Batch& Draft::batch_for_key(const std::string& access_key_id) {
  access_key_ids_.push_back(access_key_id);
  return batch_;
}

}  // namespace sextant::services::iam
