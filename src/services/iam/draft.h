#pragma once
// What a call of IAM's API wants to change: its handler fills it in, and changes.h commits it.
#include <string>
#include <vector>

#include "core/id.h"
#include "guard/keys/credential_store.h"
#include "ports/commit.h"
#include "store/identity_records.h"

namespace sextant::services::iam {

class Draft {
 public:
  explicit Draft(const Scope& scope) : scope_(scope) {}

  void put(const store::IdentityRecord& identity);
  void erase(const store::IdentityRecord& identity);
  void put(const store::PolicyRecord& policy);
  void erase(const store::PolicyRecord& policy);

  sigv4::Credentials make_access_key(const guard::CredentialStore& credentials,
                                     const sdk::Principal& owner);
  // For CredentialStore, which changes this key by it.
  ports::Batch& batch_for_key(const std::string& access_key_id);

  // It was decided by what stacks declare, or a stack could be decided by it (names, policies that
  // are attached, roles of functions): no deploy may pass between reading and writing.
  void concerns_stacks() { concerns_stacks_ = true; }

 private:
  friend class Changes;
  std::string key_of(const store::IdentityRecord& identity) const;

  const Scope& scope_;
  ports::Batch batch_;
  std::vector<std::string> identity_keys_;
  std::vector<std::string> access_key_ids_;
  bool concerns_stacks_ = false;
};

}  // namespace sextant::services::iam
