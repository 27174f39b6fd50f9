#include <algorithm>
#include <boost/json.hpp>

#include "services/iam/handlers.h"
#include "services/iam/paging.h"
#include "services/iam/shapes.h"

namespace sextant::services::iam {
namespace {

using boost::json::object;

constexpr std::size_t kAttachedMax = 10;

}  // namespace

Answer attach_policy(const Request& request) {
  SX_TRY_AS(auto identity, own_identity(request));
  SX_TRY_AS(const auto arn, required(request.parameters, "PolicyArn"));
  if (store::find_policy(request.configuration, arn) == nullptr)
    return no_such_entity("Policy " + arn + " does not exist or is not attachable.");
  auto& attached = identity.attached_policies;
  if (std::ranges::find(attached, arn) != attached.end()) return object{};
  if (attached.size() >= kAttachedMax) {
    const bool user = request.kind == store::IdentityKind::User;
    return limit_exceeded(std::string("Cannot exceed quota for PoliciesPer") +
                          (user ? "User: 10" : "Role: 10"));
  }
  attached.push_back(arn);
  request.draft.put(identity);
  request.draft.concerns_stacks();
  return object{};
}

Answer detach_policy(const Request& request) {
  SX_TRY_AS(auto identity, own_identity(request));
  SX_TRY_AS(const auto arn, required(request.parameters, "PolicyArn"));
  if (std::erase(identity.attached_policies, arn) == 0)
    return no_such_entity("Policy " + arn + " was not found.");
  request.draft.put(identity);
  return object{};
}

Answer list_attached_policies(const Request& request) {
  SX_TRY_AS(const auto identity, named_identity(request));
  SX_TRY_AS(const auto prefix, path_prefix_of(request.parameters));
  std::vector<std::string> arns;
  for (const auto& arn : identity->attached_policies) {
    const auto policy = store::find_policy(request.configuration, arn);
    if (policy == nullptr || policy->path.starts_with(prefix)) arns.push_back(arn);
  }
  std::ranges::sort(arns);
  return page(
      request.parameters, "AttachedPolicies", arns, [](const auto& arn) { return arn; },
      [](const auto& arn) {
        return object{{"PolicyName", store::name_of_arn(arn)}, {"PolicyArn", arn}};
      });
}

}  // namespace sextant::services::iam
