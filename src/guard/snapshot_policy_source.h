#pragma once
// The policies of what is deployed and of whom IAM's API made, compiled once and swapped whole:
// users and roles with their inline and attached policies and boundaries, bucket policies, function
// permissions, trust policies. Reads touch memory only.
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/guarded.h"
#include "guard/policy_cache.h"
#include "guard/policy_source.h"
#include "model/app.h"
#include "store/configuration.h"

namespace sextant::guard {

class PolicySnapshot {
 public:
  // What cannot be compiled denies every call that it has a say in, so this never fails; deploy
  // refuses such policies beforehand (iam::parse_policy).
  static std::shared_ptr<const PolicySnapshot> make(const std::vector<model::App>& apps,
                                                    const store::Identities& identities = {});
  // Also knows who there is: users and roles that are gone may do nothing, whatever a resource's
  // policy says of their name.
  static std::shared_ptr<const PolicySnapshot> make(const store::Configuration& configuration);
  static std::shared_ptr<const PolicySnapshot> make(const store::Configuration& configuration,
                                                    PolicyCache& cache);

  // All but session policies.
  AppliedPolicies policies_for(const sdk::Call& call) const;
  sdk::Principal current(sdk::Principal principal) const;
  // A managed policy of the account's own; nullptr: there is none of that ARN.
  PolicyPtr managed(const std::string& arn) const;

 private:
  struct Identity {
    std::string id;  // whose policies these are; "" when anybody of that ARN
    std::vector<PolicyPtr> policies;
    std::vector<PolicyPtr> boundary;
    std::map<std::string, std::string> tags;
  };
  using ManagedPolicies = std::unordered_map<std::string, PolicyPtr>;

  void add_managed(const model::App& app, PolicyCache& cache);
  void add_managed(const store::Identities& identities, PolicyCache& cache);
  void add(const model::App& app, PolicyCache& cache);
  void add(const store::IdentityRecord& identity, PolicyCache& cache);
  void add_permission(const model::App& app, const model::Permission& permission,
                      PolicyCache& cache);
  PolicyPtr attached(const std::string& arn, PolicyCache& cache) const;
  const Identity* find(const sdk::Principal& principal) const;

  bool knows_everyone_ = false;

  ManagedPolicies managed_;
  std::unordered_map<std::string, Identity> identities_;               // by ARN
  std::unordered_map<std::string, std::string> users_;                 // ARNs by unique id
  std::unordered_map<std::string, std::vector<PolicyPtr>> resources_;  // by ARN
};

class SnapshotPolicySource final : public PolicySource {
 public:
  explicit SnapshotPolicySource(std::shared_ptr<const PolicySnapshot> snapshot);
  AppliedPolicies policies_for(const sdk::Call& call) const override;
  sdk::Principal current(sdk::Principal principal) const override;
  void swap(std::shared_ptr<const PolicySnapshot> snapshot);  // any thread
  // Compiles what is new in it, and swaps. Any thread.
  void take(const store::Configuration& configuration);

 private:
  PolicyPtr session_policy(const std::string& document, const std::string& name) const;
  PolicyPtr managed_session_policy(const PolicySnapshot& snapshot, const std::string& arn) const;
  Guarded<std::shared_ptr<const PolicySnapshot>> snapshot_;
  Guarded<PolicyCache> cache_;
  // Sessions come with their policy as text; the latest ones stay compiled.
  mutable Guarded<std::unordered_map<std::string, PolicyPtr>> sessions_;
};

// A function's permission as the policy document that Lambda makes of it.
std::string permission_document(const model::Permission& permission,
                                const std::string& function_arn);

}  // namespace sextant::guard
