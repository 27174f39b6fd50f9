#pragma once
// Questions that nobody asked yet: a call made up from names. For `sextant policy`, and for IAM's
// Simulate operations; explain.h says why the answer is what it is. Pure; any thread.
#include <string>
#include <string_view>

#include "core/id.h"
#include "core/result.h"
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

}  // namespace sextant::guard::iam
