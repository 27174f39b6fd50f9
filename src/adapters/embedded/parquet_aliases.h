#pragma once
// A batch leaves out a column that would only repeat another one and names it in its schema's
// metadata (core/columns.h). In a file it is a column as all others, and costs next to nothing.
#include "core/columns.h"
#include "core/result.h"

namespace sextant::adapters {

// The batch with its aliases as columns behind its own. A name that is there already stays as it
// is; an alias of nothing is left out.
BatchPtr with_aliases(const BatchPtr& batch);

}  // namespace sextant::adapters
