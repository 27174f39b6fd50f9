#pragma once
// Who has a managed policy attached, and whom it bounds.
#include <map>
#include <string>

#include "store/configuration.h"

namespace sextant::services::iam {

struct Usage {
  int attachments = 0;
  int boundaries = 0;
};

// By ARN, of all users and roles, those of stacks too.
std::map<std::string, Usage> policy_usage(const store::Configuration& configuration);

}  // namespace sextant::services::iam
