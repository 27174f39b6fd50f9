#pragma once
// Which condition keys requests here may carry. A Deny on another one never applies, so a policy
// that hangs on it is warned of.
#include <string_view>

namespace sextant::guard::iam {

// The key as AWS spells it ("aws:RequestTag/${TagKey}") or as a policy writes it. True as well for
// keys of services that are not spoken here: nothing is asked of them.
bool is_supplied(std::string_view key);

}  // namespace sextant::guard::iam
