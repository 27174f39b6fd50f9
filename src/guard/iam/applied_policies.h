#pragma once
// All policies that have a say in one call, by their role in IAM's evaluation.
#include <memory>
#include <vector>

namespace sextant::guard::iam {

class Policy;  // iam/policy.h: a compiled policy document
using PolicyPtr = std::shared_ptr<const Policy>;

// Empty vectors mean "no such policy attached". The lists of service and resource control policies
// are one entry an organisation level; without an organisation they are empty.
struct AppliedPolicies {
  std::vector<PolicyPtr> identity = {};  // of the user or role (inline and attached)
  std::vector<PolicyPtr> resource =
      {};  // of the resource: bucket policy, function permissions, trust
  std::vector<PolicyPtr> boundary = {};  // at most one
  std::vector<PolicyPtr> session = {};   // at most one
  std::vector<std::vector<PolicyPtr>> service_control = {};
  std::vector<std::vector<PolicyPtr>> resource_control = {};
};

}  // namespace sextant::guard::iam
