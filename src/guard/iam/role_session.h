#pragma once
// Who somebody is while he acts in a role: a function while it runs, whoever called sts:AssumeRole,
// and the one that a simulation asks about. One shape for all of them, so that a policy decides the
// same for each. Source: IAM User Guide, "Unique identifiers" and "Tags for roles as principal
// tags".
#include <string_view>

#include "core/id.h"
#include "sdk/call.h"
#include "store/configuration.h"
#include "store/identity_records.h"

namespace sextant::guard::iam {

// With the role's own tags and no policy of the session.
sdk::Principal role_session(const AccountId& account, const store::IdentityRecord& role,
                            std::string_view session_name);

// The role of that ARN as it is now. One that does not exist has neither an id nor tags: it is
// allowed nothing, and the record says who it was.
sdk::Principal role_session(const AccountId& account, const store::Configuration& configuration,
                            std::string_view role_arn, std::string_view session_name);

// The call by which a function takes on its role: its service, on behalf of that function, asks the
// role's trust policy. A deploy and every attempt judge the same one; request id and time are the
// caller's to add.
sdk::Call assumption(const Scope& scope, std::string_view function_arn, std::string_view role_arn);

}  // namespace sextant::guard::iam
