#include "guard/snapshot_policy_source.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include "core/json.h"
#include "core/strings.h"
#include "guard/iam/policy.h"
#include "model/managed_policies.h"

namespace sextant::guard {
namespace {

using iam::PolicyUse;

constexpr std::size_t kSessionsMax = 256;

// The ARN under which a resource's own policy is kept: a bucket's for its objects, a function's for
// its versions and aliases.
std::string policy_owner(const std::string& resource) {
  if (resource.starts_with("arn:aws:s3:::")) return resource.substr(0, resource.find('/'));
  if (!resource.starts_with("arn:aws:lambda:")) return resource;
  std::size_t colon = 0;
  for (int i = 0; i < 7 && colon != std::string::npos; ++i) colon = resource.find(':', colon + 1);
  return resource.substr(0, colon);
}

// "s3.amazonaws.com", an account's number, an ARN or "*".
boost::json::value principal_of(const std::string& principal) {
  if (principal == "*") return "*";
  const bool is_service = principal.ends_with(".amazonaws.com");
  return boost::json::object{{is_service ? "Service" : "AWS", principal}};
}

}  // namespace

std::string permission_document(const model::Permission& permission,
                                const std::string& function_arn) {
  boost::json::object statement{{"Sid", permission.statement_id},
                                {"Effect", "Allow"},
                                {"Principal", principal_of(permission.principal)},
                                {"Action", permission.action},
                                {"Resource", function_arn}};
  boost::json::object condition;
  if (permission.source_arn) {
    condition["ArnLike"] = boost::json::object{{"AWS:SourceArn", *permission.source_arn}};
  }
  if (permission.source_account) {
    condition["StringEquals"] =
        boost::json::object{{"AWS:SourceAccount", *permission.source_account}};
  }
  if (!condition.empty()) statement["Condition"] = std::move(condition);
  return json::to_text(boost::json::object{
      {"Version", "2012-10-17"}, {"Statement", boost::json::array{std::move(statement)}}});
}

std::shared_ptr<const PolicySnapshot> PolicySnapshot::make(const std::vector<model::App>& apps) {
  auto snapshot = std::make_shared<PolicySnapshot>();
  for (const auto& app : apps) snapshot->add_managed(app);
  for (const auto& app : apps) snapshot->add(app);
  return snapshot;
}

std::shared_ptr<const PolicySnapshot> PolicySnapshot::make(
    const store::Configuration& configuration) {
  auto snapshot = std::make_shared<PolicySnapshot>();
  for (const auto& [name, deployed] : configuration.apps) snapshot->add_managed(deployed.app);
  for (const auto& [name, deployed] : configuration.apps) snapshot->add(deployed.app);
  return snapshot;
}

void PolicySnapshot::add_managed(const model::App& app) {
  for (const auto& [arn, policy] : app.managed_policies) {
    managed_[arn] = iam::policy_or_defect(policy.document, PolicyUse::Identity, arn);
  }
}

void PolicySnapshot::add(const model::App& app) {
  for (const auto& [arn, role] : app.roles) add_role(role);
  for (const auto& [name, bucket] : app.buckets) {
    if (!bucket.policy) continue;
    resources_[bucket.arn].push_back(
        iam::policy_or_defect(*bucket.policy, PolicyUse::Resource, bucket.arn));
  }
  for (const auto& permission : app.permissions) add_permission(app, permission);
}

void PolicySnapshot::add_role(const model::Role& role) {
  auto& identity = identities_[role.arn];
  for (const auto& policy : role.inline_policies) {
    identity.policies.push_back(
        iam::policy_or_defect(policy.document, PolicyUse::Identity, role.arn + "/" + policy.name));
  }
  for (const auto& arn : role.managed_policy_arns) identity.policies.push_back(attached(arn));
  if (role.permissions_boundary_arn) {
    identity.boundary.push_back(attached(*role.permissions_boundary_arn));
  }
  resources_[role.arn].push_back(
      iam::policy_or_defect(role.trust_policy, PolicyUse::Trust, role.arn));
}

void PolicySnapshot::add_permission(const model::App& app, const model::Permission& permission) {
  const auto function = app.functions.find(permission.function.text());
  if (function == app.functions.end()) return;  // grants nothing
  const auto& arn = function->second.arn;
  resources_[arn].push_back(
      iam::policy_or_defect(permission_document(permission, arn), PolicyUse::Resource, arn));
}

// A policy of that ARN that nobody knows may hold a Deny: whoever it is attached to may do nothing.
PolicyPtr PolicySnapshot::attached(const std::string& arn) const {
  if (const auto found = managed_.find(arn); found != managed_.end()) return found->second;
  if (const auto document = model::find_managed_policy(arn)) {
    return iam::policy_or_defect(*document, PolicyUse::Identity, arn);
  }
  return std::make_shared<const iam::Policy>(
      arn, Error{.code = Code::NotFound, .message = "no policy has this ARN"});
}

AppliedPolicies PolicySnapshot::policies_for(const sdk::Call& call) const {
  AppliedPolicies applied;
  const auto& principal = call.principal;
  const bool session = principal.kind == sdk::PrincipalKind::AssumedRole;
  if (session || principal.kind == sdk::PrincipalKind::User) {
    const auto found = identities_.find(session ? principal.role_arn : principal.arn);
    if (found != identities_.end()) {
      applied.identity = found->second.policies;
      applied.boundary = found->second.boundary;
    }
  }
  // A role's trust policy says who may assume it, and nothing of who may change it.
  const bool of_role = call.resource.starts_with("arn:aws:iam:");
  if (of_role && !call.action.starts_with("sts:")) return applied;
  const auto resource = resources_.find(policy_owner(call.resource));
  if (resource != resources_.end()) applied.resource = resource->second;
  return applied;
}

SnapshotPolicySource::SnapshotPolicySource(std::shared_ptr<const PolicySnapshot> snapshot)
    : snapshot_(std::move(snapshot)) {}

void SnapshotPolicySource::swap(std::shared_ptr<const PolicySnapshot> snapshot) {
  snapshot_.with([&](auto& current) { current.swap(snapshot); });
}

AppliedPolicies SnapshotPolicySource::policies_for(const sdk::Call& call) const {
  const auto snapshot = snapshot_.with([](const auto& current) { return current; });
  auto applied = snapshot->policies_for(call);
  if (call.principal.session_policy) {
    applied.session.push_back(session_policy(*call.principal.session_policy));
  }
  return applied;
}

PolicyPtr SnapshotPolicySource::session_policy(const std::string& document) const {
  auto found = sessions_.with([&](const auto& sessions) {
    const auto at = sessions.find(document);
    return at == sessions.end() ? PolicyPtr() : at->second;
  });
  if (found != nullptr) return found;
  auto policy = iam::policy_or_defect(document, PolicyUse::Identity, "session-policy");
  sessions_.with([&](auto& sessions) {
    if (sessions.size() >= kSessionsMax) sessions.clear();
    sessions.emplace(document, policy);
  });
  return policy;
}

}  // namespace sextant::guard
