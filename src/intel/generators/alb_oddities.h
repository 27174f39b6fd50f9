#pragma once
// The lines that naive readers of access logs stumble over, and those that are no entries at all.
#include <string>

#include "intel/generators/alb_entry.h"
#include "intel/generators/dice.h"

namespace sextant::intel {

// Turns an ordinary entry into an odd one, still well-formed.
void make_odd(AlbEntry& entry, Dice& dice);
// Replaces `line`, a well-formed one, by something that is no entry.
void make_malformed(std::string& line, Dice& dice);

}  // namespace sextant::intel
