#pragma once
// Columns that a batch does not carry but tells in its schema's metadata (sdk/function.h):
// "constant:event.kind" -> "event" is the same text in every row, "alias:event.end" -> "ts" another
// name of a column. In a file they are columns as all others, and cost next to nothing.
#include "core/columns.h"
#include "core/result.h"

namespace sextant::adapters {

// The batch with those columns behind its own. A name that is there already stays as it is; an
// alias of nothing is left out.
Result<BatchPtr> with_constants(const BatchPtr& batch);

}  // namespace sextant::adapters
