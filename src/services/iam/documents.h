#pragma once
// Policy documents as callers give them, checked before they count.
#include <string>
#include <string_view>

#include "guard/iam/validate.h"
#include "services/iam/handlers.h"

namespace sextant::services::iam {

// The parameter's text, when the validator finds no error in it. Invalid
// ("MalformedPolicyDocument"), and ValidationError when it is missing or longer than AWS reads. How
// long a policy may be is its family's to say: validate()'s finding of it is left out.
Result<std::string> document_of(const Request& request, std::string_view parameter,
                                guard::iam::PolicyKind kind);

// The users and roles of this account that a trust policy names, by ARN, with their unique ids.
// Invalid ("MalformedPolicyDocument"): one that there is not.
Result<std::map<std::string, std::string>> trusted_ids_of(const Request& request,
                                                          std::string_view trust_policy);

}  // namespace sextant::services::iam
