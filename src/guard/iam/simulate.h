#pragma once
// Questions that nobody asked yet: a call made up from names, and why the answer to it is what it
// is. For `sextant policy`, and for IAM's Simulate operations. Pure; any thread.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/id.h"
#include "core/result.h"
#include "guard/iam/applied_policies.h"
#include "guard/iam/policy.h"
#include "sdk/call.h"

namespace sextant::guard::iam {

// Whom an ARN, a service's name or "*" (nobody in particular) means. A role stands for a session of
// it. Invalid: anything else.
Result<sdk::Principal> principal_of(std::string_view name);

struct Question {
  Scope scope;
  sdk::Principal principal;
  std::string action;          // "s3:GetObject"
  std::string resource = "*";  // its account owns it; without one, the scope's
  sdk::ConditionContext context = {};
  Time time = {};  // aws:CurrentTime, unless the context gives one
};
// The call as the gate would see it; keys that the gate derives from the call (aws:SourceIp,
// aws:CurrentTime, aws:PrincipalTag/…) are put where it looks. Invalid: a value that is none.
Result<sdk::Call> call_of(const Question& question);

// How one statement stands to a call whose action it speaks of.
struct StatementReport {
  std::string layer;  // "identity-based policy"
  std::string label;  // "policy#Sid"
  Effect effect = Effect::Deny;
  bool principal = true;  // of the call is the one it names; true where there is none
  bool resource = true;
  std::vector<std::pair<std::string, Match>> conditions = {};  // "StringEquals on aws:username"

  bool applies() const;
  // "the resource is another; the condition … does not hold"; "" when it applies.
  std::string missing() const;
};

// Every statement of every policy that speaks of the action, in the order of evaluation.
std::vector<StatementReport> explain(const sdk::Call& call, const AppliedPolicies& policies);

// The condition keys of the statements that speak of its action, as written, that the call has no
// value for.
std::vector<std::string> missing_context_keys(const sdk::Call& call,
                                              const AppliedPolicies& policies);

}  // namespace sextant::guard::iam
