#pragma once
// Which policies apply to a call. Implemented over the configuration snapshot
// (snapshot_policy_source.h); tests give their own.
#include <map>
#include <string>

#include "guard/iam/applied_policies.h"
#include "sdk/call.h"

namespace sextant::guard {

using iam::AppliedPolicies;
using iam::PolicyPtr;

class PolicySource {
 public:
  virtual ~PolicySource() = default;
  virtual AppliedPolicies policies_for(
      const sdk::Call& call) const = 0;  // any thread; never blocks
  // A user's tags as they are now; those of a session are part of it.
  virtual std::map<std::string, std::string> tags_of(const sdk::Principal& /*principal*/) const {
    return {};
  }
};

}  // namespace sextant::guard
