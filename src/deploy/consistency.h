#pragma once
// Everything that is deployed, and whether it holds together: names belong to one stack (those of
// roles and managed policies whatever their path and case), and what resources refer to exists and
// may be used. Checked before a deploy commits, for all stacks at once, so that no deploy can break
// another stack either.
#include <map>
#include <string>
#include <vector>

#include "core/id.h"
#include "model/app.h"
#include "store/identities.h"

namespace sextant::deploy {

using Apps = std::map<std::string, model::App>;  // by stack name

// What `apps[stack]` and the others would be wrong about, one finding a line of text; empty:
// nothing. buckets: names of the buckets that S3's own API made; identities: what IAM's API made.
std::vector<std::string> find_problems(const Scope& scope, const Apps& apps,
                                       const std::string& stack,
                                       const std::vector<std::string>& buckets,
                                       const store::Identities& identities);

// What is allowed but risky in `apps[stack]`: a role that functions share has all that any of them
// needs. One warning a function that has another's role, of this stack or of any.
std::vector<std::string> find_warnings(const Apps& apps, const std::string& stack);

}  // namespace sextant::deploy
