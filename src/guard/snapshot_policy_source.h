#pragma once
// The policies of what is deployed, compiled once per configuration and swapped whole: roles with
// their inline and attached policies, bucket policies, function permissions, trust policies. Reads
// touch memory only.
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/guarded.h"
#include "guard/policy_source.h"
#include "model/app.h"
#include "store/configuration.h"

namespace sextant::guard {

class PolicySnapshot {
 public:
  // What cannot be compiled denies every call that it has a say in, so this never fails; deploy
  // refuses such policies beforehand (iam::parse_policy).
  static std::shared_ptr<const PolicySnapshot> make(const std::vector<model::App>& apps);
  static std::shared_ptr<const PolicySnapshot> make(const store::Configuration& configuration);

  // All but session policies.
  AppliedPolicies policies_for(const sdk::Call& call) const;

 private:
  struct Identity {
    std::vector<PolicyPtr> policies;
    std::vector<PolicyPtr> boundary;
  };
  using ManagedPolicies = std::unordered_map<std::string, PolicyPtr>;

  void add_managed(const model::App& app);
  void add(const model::App& app);
  void add_role(const model::Role& role);
  void add_permission(const model::App& app, const model::Permission& permission);
  PolicyPtr attached(const std::string& arn) const;

  ManagedPolicies managed_;
  std::unordered_map<std::string, Identity> identities_;               // by ARN of the role
  std::unordered_map<std::string, std::vector<PolicyPtr>> resources_;  // by ARN
};

class SnapshotPolicySource final : public PolicySource {
 public:
  explicit SnapshotPolicySource(std::shared_ptr<const PolicySnapshot> snapshot);
  AppliedPolicies policies_for(const sdk::Call& call) const override;
  void swap(std::shared_ptr<const PolicySnapshot> snapshot);  // any thread

 private:
  PolicyPtr session_policy(const std::string& document) const;
  Guarded<std::shared_ptr<const PolicySnapshot>> snapshot_;
  // Sessions come with their policy as text; the latest ones stay compiled.
  mutable Guarded<std::unordered_map<std::string, PolicyPtr>> sessions_;
};

// A function's permission as the policy document that Lambda makes of it.
std::string permission_document(const model::Permission& permission,
                                const std::string& function_arn);

}  // namespace sextant::guard
