#pragma once
// What a deploy does, it does in its caller's name, as CloudFormation without a service role: every
// resource that is made, changed or removed is a call that the caller must be allowed to make
// itself, iam:PassRole for a function's role included. So nobody gets by a template what they could
// not get by hand.
#include <functional>
#include <string>
#include <vector>

#include "core/id.h"
#include "model/app.h"
#include "model/changes.h"
#include "sdk/call.h"
#include "store/configuration_change.h"

namespace sextant::deploy {

struct NeededCall {
  model::ResourceChange resource;  // for whose sake
  std::string action;              // "s3:CreateBucket"
  std::string arn;                 // what it acts on
  sdk::ConditionContext context = {};
};

// Pure. `before` and `after` are the stack's app, an empty one where there is none. What a deploy
// leaves alone (a retained bucket that goes) needs nothing.
std::vector<NeededCall> needed_calls(const Scope& scope, const model::App& before,
                                     const model::App& after);

using Judge = std::function<sdk::Decision(const sdk::Call&)>;

// Of each resource the first call that `deploying`'s principal may not make, with AWS's sentence.
std::vector<store::FailedChange> find_refused(const sdk::Call& deploying,
                                              const std::vector<NeededCall>& needed,
                                              const Judge& judge);

}  // namespace sextant::deploy
