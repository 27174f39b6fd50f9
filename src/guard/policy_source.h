#pragma once
// Which policies apply to a call. Implemented over the configuration snapshot
// (snapshot_policy_source.h); tests give their own.
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
  // A user as it is now, whoever knew it before: with its tags of this moment, and under its new
  // name when it has one. Others as they are: what a session has is part of it.
  virtual sdk::Principal current(sdk::Principal principal) const { return principal; }
};

}  // namespace sextant::guard
