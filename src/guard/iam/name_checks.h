#pragma once
// Names in a statement that nobody knows: actions, condition keys, policy variables, service
// principals; each with a suggestion where one is near.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guard/iam/statement_view.h"

namespace sextant::guard::iam {

void check_names(const StatementView& statement, std::vector<Finding>& findings);

// What is wrong with an action's name ("s3:Get*" included), if anything: no such service, or none
// of its actions. The finding has no path.
std::optional<Finding> action_problem(const std::string& action);

}  // namespace sextant::guard::iam
