#pragma once
// Which policies apply to a call. Implemented over the store's configuration snapshot; tests give
// their own.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sdk/call.h"

namespace sextant::guard::iam {
class Policy;  // a compiled policy document
}

namespace sextant::guard {

using PolicyPtr = std::shared_ptr<const iam::Policy>;

// Empty vectors mean "no such policy attached". The lists of service and resource control policies
// are one entry an organisation level; without an organisation they are empty.
struct AppliedPolicies {
  std::vector<PolicyPtr> identity;  // of the user or role (inline and attached)
  std::vector<PolicyPtr> resource;  // of the resource: bucket policy, function permissions
  std::vector<PolicyPtr> boundary;  // at most one
  std::vector<PolicyPtr> session;   // at most one
  std::vector<std::vector<PolicyPtr>> service_control;
  std::vector<std::vector<PolicyPtr>> resource_control;
};

class PolicySource {
 public:
  virtual ~PolicySource() = default;
  virtual AppliedPolicies policies_for(
      const sdk::Call& call) const = 0;  // any thread; never blocks
};

}  // namespace sextant::guard
