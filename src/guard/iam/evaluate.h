#pragma once
// IAM's evaluation, as a pure function: one call and every policy that applies to it in, the
// decision out. Whatever it cannot evaluate is a Deny that says why. Sources:
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and the pages
// it links; docs/adr lists where they leave a choice.
#include <cstddef>
#include <string_view>

#include "guard/iam/applied_policies.h"
#include "sdk/call.h"

namespace sextant::guard::iam {

// The reason of a Deny is AWS's sentence ("User: … is not authorized to perform: …"). Any thread.
sdk::Decision evaluate(const sdk::Call& call, const AppliedPolicies& policies);

// The same, with what the sentence leaves out.
struct Judgement {
  sdk::Decision decision;
  // The kind of policies that had to allow and do not: "service control policy". "" when that is
  // not why.
  std::string_view lacking = {};
  std::size_t level = 0;  // of control policies: which of the organisation's levels, from 1
};
Judgement judge(const sdk::Call& call, const AppliedPolicies& policies);

}  // namespace sextant::guard::iam
