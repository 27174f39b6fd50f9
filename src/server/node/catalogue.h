#pragma once
// What is in the box: every native function that a handler may name.
#include "sdk/catalogue.h"

namespace sextant::server {

const sdk::Catalogue& catalogue();

}  // namespace sextant::server
