#include "services/iam/policy_usage.h"

namespace sextant::services::iam {

std::map<std::string, Usage> policy_usage(const store::Configuration& configuration) {
  std::map<std::string, Usage> usage;
  const auto add = [&usage](const std::vector<std::string>& attached,
                            const std::optional<std::string>& boundary) {
    for (const auto& arn : attached) ++usage[arn].attachments;
    if (boundary) ++usage[*boundary].boundaries;
  };
  const auto& identities = *configuration.identities;
  for (const auto* all : {&identities.users, &identities.roles}) {
    for (const auto& [name, identity] : *all)
      add(identity->attached_policies, identity->boundary_arn);
  }
  for (const auto& [arn, role] : configuration.roles)
    add(role.managed_policy_arns, role.permissions_boundary_arn);
  return usage;
}

}  // namespace sextant::services::iam
