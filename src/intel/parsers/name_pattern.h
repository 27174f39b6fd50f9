#pragma once
// Patterns of objects' names: '*' any text, '?' any character, '#' a digit, others themselves.
#include <string_view>

namespace sextant::intel {

// Whether the pattern is all of the name. At most length times length steps.
bool matches_name(std::string_view pattern, std::string_view name);

}  // namespace sextant::intel
