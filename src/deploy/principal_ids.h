#pragma once
// Whom the policies of an app mean: the users and roles that they name by ARN get their unique ids,
// so that whoever is made anew under an old name does not inherit what was granted. A stack's role
// that a template makes anew has its id again (store::derived_id).
#include <string>
#include <vector>

#include "core/id.h"
#include "deploy/consistency.h"
#include "model/app.h"
#include "store/identities.h"

namespace sextant::deploy {

// Fills in the ids of `app`. A policy that says the same as in `before` keeps those it had: only a
// changed one means who is there now. Returns a line of text for each name that nobody has.
std::vector<std::string> bind_principals(const Scope& scope, const model::App& before,
                                         const Apps& apps, const store::Identities& identities,
                                         model::App& app);

}  // namespace sextant::deploy
