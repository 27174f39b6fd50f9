#pragma once
// Questions about patterns with "*" and "?" that no request is needed for.
#include <string>
#include <string_view>

namespace sextant::guard::iam {

// Whether some text matches both. Time: the product of their lengths.
bool may_meet(std::string_view a, std::string_view b);

// "${…}" as "*": what a policy's variable or a documented ARN's placeholder can become.
std::string open_placeholders(std::string_view text);

}  // namespace sextant::guard::iam
