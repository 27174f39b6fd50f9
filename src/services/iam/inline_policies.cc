#include <boost/json.hpp>
#include <utility>

#include "core/encoding.h"
#include "services/iam/documents.h"
#include "services/iam/handlers.h"
#include "services/iam/paging.h"
#include "services/iam/shapes.h"

namespace sextant::services::iam {
namespace {

using boost::json::object;
using guard::iam::PolicyKind;

PolicyKind kind_of_policy(const Request& request) {
  return request.kind == store::IdentityKind::User ? PolicyKind::UserInline
                                                   : PolicyKind::RoleInline;
}

// All inline policies of a user or role together.
Result<> check_size(const store::IdentityRecord& identity, std::size_t size_max) {
  std::size_t size = 0;
  for (const auto& [name, document] : identity.inline_policies)
    size += guard::iam::counted_size(document);
  if (size <= size_max) return {};
  return limit_exceeded("Maximum policy size of " + std::to_string(size_max) +
                        " bytes exceeded for " + std::string(noun(identity.kind)) + " " +
                        identity.name);
}

std::unexpected<Error> no_such_policy(const Request& request, const std::string& name) {
  return no_such_entity("The " + std::string(noun(request.kind)) + " policy with name " + name +
                        " cannot be found.");
}

}  // namespace

Answer put_inline_policy(const Request& request) {
  SX_TRY_AS(auto identity, own_identity(request));
  SX_TRY_AS(const auto name, required_name(request.parameters, "PolicyName", kPolicyNameMax));
  const auto kind = kind_of_policy(request);
  SX_TRY_AS(auto document, document_of(request, "PolicyDocument", kind));
  identity.inline_policies[name] = std::move(document);
  SX_TRY(check_size(identity, guard::iam::size_max(kind)));
  request.draft.put(identity);
  return object{};
}

Answer get_inline_policy(const Request& request) {
  SX_TRY_AS(const auto identity, named_identity(request));
  SX_TRY_AS(const auto name, required(request.parameters, "PolicyName"));
  const auto found = identity->inline_policies.find(name);
  if (found == identity->inline_policies.end()) return no_such_policy(request, name);
  return object{{name_parameter(request.kind), identity->name},
                {"PolicyName", found->first},
                {"PolicyDocument", uri_encode(found->second)}};
}

Answer list_inline_policies(const Request& request) {
  SX_TRY_AS(const auto identity, named_identity(request));
  std::vector<std::string> names;
  for (const auto& [name, document] : identity->inline_policies) names.push_back(name);
  return page(
      request.parameters, "PolicyNames", names, [](const auto& name) { return name; },
      [](const auto& name) { return boost::json::value(name); });
}

Answer delete_inline_policy(const Request& request) {
  SX_TRY_AS(auto identity, own_identity(request));
  SX_TRY_AS(const auto name, required(request.parameters, "PolicyName"));
  if (identity.inline_policies.erase(name) == 0) return no_such_policy(request, name);
  request.draft.put(identity);
  return object{};
}

}  // namespace sextant::services::iam
