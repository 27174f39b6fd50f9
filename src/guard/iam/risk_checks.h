#pragma once
// What IAM Access Analyzer warns of in an Allow: statements that give more than they seem to.
#include <vector>

#include "guard/iam/statement_view.h"

namespace sextant::guard::iam {

void check_risks(const StatementView& statement, std::vector<Finding>& findings);

}  // namespace sextant::guard::iam
