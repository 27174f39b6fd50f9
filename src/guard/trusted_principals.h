#pragma once
// The users and roles that a trust policy names by ARN. IAM keeps their unique ids: who is made
// anew under the name of somebody who was deleted is not trusted.
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sextant::guard {

// ARNs of users and roles in Principal and NotPrincipal, each once; those of sessions, accounts and
// services are not among them. Empty for what is no policy.
std::vector<std::string> trusted_arns(std::string_view trust_policy);

// The same document with each of these ARNs replaced by another name: a unique id, or a new ARN.
std::string with_names(std::string_view trust_policy,
                       const std::map<std::string, std::string>& names);

}  // namespace sextant::guard
