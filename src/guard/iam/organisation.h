#pragma once
// Whom and what the policies of an organisation bind, and whom a permissions boundary: not
// everybody, and not every service. Sources: Organizations User Guide, "Service control policies"
// and "Resource control policies" (there "List of AWS services that support RCPs" and "Resources
// and entities not restricted by RCPs"). Which accounts an organisation has, whoever attaches
// policies knows: none of the management account's are bound.
#include <string_view>

#include "guard/iam/applied_policies.h"
#include "sdk/call.h"

namespace sextant::guard::iam {

// By the ARN's own part: a path may hold any text.
bool is_service_linked(std::string_view role_arn);

bool bound_by_service_control(const sdk::Principal& principal);
bool bound_by_resource_control(const sdk::Call& call);
// Whether resource control policies speak of that service's actions at all ("s3").
bool has_resource_control(std::string_view service);

// Those that bind the call.
AppliedPolicies binding(const sdk::Call& call, AppliedPolicies policies);

}  // namespace sextant::guard::iam
