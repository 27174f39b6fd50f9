#pragma once
// The policies of templates before they count: the validator of guard/iam in the template's terms.
#include <string_view>
#include <vector>

#include "template/template.h"

namespace sextant::deploy {

// For templates::ParseOptions::check_policy.
std::vector<templates::PolicyFinding> check_policy(std::string_view document,
                                                   templates::PolicyUse use);

}  // namespace sextant::deploy
