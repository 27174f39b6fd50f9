#pragma once
// What a deploy must know of native functions: which there are, whether a chain can run, and
// whether a function's variables are ones that its stages read and understand.
#include <string>

#include "deploy/stacks.h"

namespace sextant::server {

// data_folder: where functions' data files lie. A data file that is not there yet does not stop a
// deploy: the function's deliveries say so, and run once it is there.
deploy::HandlerRules handler_rules(std::string data_folder);

}  // namespace sextant::server
