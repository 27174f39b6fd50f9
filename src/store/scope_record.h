#pragma once
// Whose data folder this is. Only most keys begin with a scope; lake files, bodies and access keys
// do not, so what another scope stored would look as if nobody needed it.
#include "core/id.h"
#include "core/result.h"
#include "ports/commit.h"
#include "ports/state_store.h"

namespace sextant::store {

// Called before anything else reads or sweeps the store. The first scope is durable on return.
// Errors: Invalid (the folder is another scope's: says whose), Corrupt, Unavailable.
Result<> claim_for(const Scope& scope, const ports::StateStore& state, ports::CommitLog& log);

}  // namespace sextant::store
