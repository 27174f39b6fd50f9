#include <boost/json.hpp>

#include "services/iam/handlers.h"
#include "services/iam/shapes.h"

namespace sextant::services::iam {

using boost::json::object;

Answer put_permissions_boundary(const Request& request) {
  SX_TRY_AS(auto identity, own_identity(request));
  SX_TRY(required(request.parameters, "PermissionsBoundary"));
  SX_TRY_AS(identity.boundary_arn, boundary_of(request));
  request.draft.put(identity);
  return object{};
}

Answer delete_permissions_boundary(const Request& request) {
  SX_TRY_AS(auto identity, own_identity(request));
  if (!identity.boundary_arn)
    return no_such_entity("The " + std::string(noun(request.kind)) + " with name " + identity.name +
                          " has no permissions boundary.");
  identity.boundary_arn.reset();
  request.draft.put(identity);
  return object{};
}

}  // namespace sextant::services::iam
