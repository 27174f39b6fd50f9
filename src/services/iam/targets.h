#pragma once
// What a call of IAM's API acts on, and the condition keys that come with it: the gate's view.
#include <string_view>

#include "core/id.h"
#include "guard/operation.h"
#include "sdk/service_caller.h"
#include "store/configuration.h"

namespace sextant::services::iam {

enum class Subject {
  None,     // no resource: lists, simulations of given policies
  Caller,   // a user, by default whoever calls
  NewUser,  // not yet there
  NewRole,
  NewPolicy,
  User,
  Role,
  Policy,
  Source,  // PolicySourceArn: a user or role
};
store::IdentityKind kind_of(Subject subject);

// A user or role that is not there is asked for under the path "/". ValidationError, InvalidInput.
Result<guard::Target> target_of(Subject subject, const Scope& scope, const sdk::Input& input,
                                const store::Configuration& configuration);

}  // namespace sextant::services::iam
