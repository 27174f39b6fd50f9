#pragma once
// Why the answer to a call is what it is: how every statement that speaks of its action stands to
// it, what it lacks, and what it hangs on. For `sextant policy explain` and IAM's Simulate
// operations; the gate needs none of it. Pure; any thread.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "guard/iam/applied_policies.h"
#include "guard/iam/evaluate.h"
#include "guard/iam/policy.h"
#include "sdk/call.h"

namespace sextant::guard::iam {

struct ConditionReport {
  std::string text;  // "StringEquals on aws:username"
  Match match = Match::No;
  std::string key = {};    // as written
  std::size_t values = 0;  // that the call has of the key
};

// How one statement stands to a call whose action it speaks of.
struct StatementReport {
  std::string layer;      // "identity-based policy"
  std::size_t level = 0;  // of control policies: which of the organisation's levels, from 1
  std::string label;      // "policy#Sid"
  Effect effect = Effect::Deny;
  bool principal = true;  // of the call is the one it names; true where there is none
  bool resource = true;
  std::vector<ConditionReport> conditions = {};

  bool applies() const;
  // "it names other resources; its condition … does not hold: the call has no …"; "" when it
  // applies.
  std::string missing() const;
  // The condition keys that it is as it is for only because the call has none of them: with them it
  // could apply, or apply no more.
  std::vector<std::string> doubtful_keys() const;
};

// Every statement of every policy that binds the call and speaks of its action, in the order of
// evaluation.
std::vector<StatementReport> explain(const sdk::Call& call, const AppliedPolicies& policies);

// Of them, those in doubt that the answer hangs on: with the keys that they name it could be
// another one. Live as long as `reports`.
std::vector<const StatementReport*> doubts(const Judgement& judged,
                                           const std::vector<StatementReport>& reports);

// The names of the policies of a layer ("service control policy", level 2).
std::vector<std::string> policies_in(const AppliedPolicies& policies, std::string_view layer,
                                     std::size_t level);

// The condition keys of the statements that speak of its action, as written, that the call has no
// value for.
std::vector<std::string> missing_context_keys(const sdk::Call& call,
                                              const AppliedPolicies& policies);

// The statement of that label ("policy#Sid"); nullptr when there is none. Lives as long as its
// policy.
const Statement* find_statement(const AppliedPolicies& policies, std::string_view label);

}  // namespace sextant::guard::iam
