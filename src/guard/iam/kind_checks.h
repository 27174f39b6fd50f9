#pragma once
// What a statement may say where its policy is attached: the rules of trust policies, of service
// control and of resource control policies, beyond the grammar that all share.
#include <vector>

#include "guard/iam/statement_view.h"

namespace sextant::guard::iam {

void check_kind(const StatementView& statement, std::vector<Finding>& findings);

}  // namespace sextant::guard::iam
