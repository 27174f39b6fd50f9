#pragma once
// IAM's operations, one function each, a file a family; operations.cc puts them into the table. A
// handler reads the snapshot it is given and fills in the draft; it neither commits nor waits.
#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <string>

#include "sdk/service_caller.h"
#include "services/iam/draft.h"
#include "services/iam/iam_service.h"
#include "store/identities.h"

namespace sextant::services::iam {

using Answer = Result<boost::json::object>;

struct Request {
  const IamParts& parts;
  const sdk::Call& call;
  const boost::json::object& parameters;
  const store::Configuration& configuration;
  store::IdentityKind kind;  // users and roles share what is the same for both
  Draft& draft;
  // Of a change: whether the caller may do the same to this resource, too; the answer stands in the
  // call's record. Denied ("AccessDenied").
  std::function<Result<>(const std::string& resource)> ask = {};
};

// users.cc
Answer create_user(const Request& request);
Answer get_user(const Request& request);
Answer list_users(const Request& request);
Answer update_user(const Request& request);
Answer delete_user(const Request& request);

// access_keys.cc
Answer create_access_key(const Request& request);
Answer list_access_keys(const Request& request);
Answer update_access_key(const Request& request);
Answer delete_access_key(const Request& request);

// inline_policies.cc: of a user or role
Answer put_inline_policy(const Request& request);
Answer get_inline_policy(const Request& request);
Answer list_inline_policies(const Request& request);
Answer delete_inline_policy(const Request& request);

// managed_policies.cc
Answer create_policy(const Request& request);
Answer get_policy(const Request& request);
Answer list_policies(const Request& request);
Answer delete_policy(const Request& request);
Answer create_policy_version(const Request& request);
Answer get_policy_version(const Request& request);
Answer list_policy_versions(const Request& request);
Answer delete_policy_version(const Request& request);
Answer set_default_policy_version(const Request& request);

// tags.cc: of a managed policy
Answer tag_policy(const Request& request);
Answer untag_policy(const Request& request);
Answer list_policy_tags(const Request& request);

// attached_policies.cc, boundaries.cc: of a user or role
Answer attach_policy(const Request& request);
Answer detach_policy(const Request& request);
Answer list_attached_policies(const Request& request);
Answer put_permissions_boundary(const Request& request);
Answer delete_permissions_boundary(const Request& request);

// roles.cc
Answer create_role(const Request& request);
Answer get_role(const Request& request);
Answer list_roles(const Request& request);
Answer delete_role(const Request& request);
Answer update_assume_role_policy(const Request& request);
Answer update_role(const Request& request);
Answer update_role_description(const Request& request);

// tags.cc: of a user or role
Answer tag_identity(const Request& request);
Answer untag_identity(const Request& request);
Answer list_tags(const Request& request);

// simulate.cc
Answer simulate_custom_policy(const Request& request);
Answer simulate_principal_policy(const Request& request);

}  // namespace sextant::services::iam
