#pragma once
// `parsers.*`: the parsers whose log type is the function's code, so that a kind of log needs no
// new program. A handler names one by its log type's name, "parsers.nginx_access".
#include "sdk/function.h"

namespace sextant::intel {

// Configuration: KEEP_ORIGINAL, and the code. Preparing it is Invalid, with the place of each
// finding, when the code is no log type, or one of another name.
sdk::Function log_type_function();

}  // namespace sextant::intel
