#pragma once
// `lake.land`, the last stage of every chain that lands rows: what it takes is the pipeline's
// output.
#include "sdk/function.h"

namespace sextant::runtime::native {

extern const sdk::Function kLakeLand;

}  // namespace sextant::runtime::native
