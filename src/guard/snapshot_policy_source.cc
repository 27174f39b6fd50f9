#include "guard/snapshot_policy_source.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include "core/json.h"
#include "core/strings.h"
#include "guard/iam/policy.h"
#include "guard/intake_role.h"
#include "guard/trusted_principals.h"
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

PolicyPtr intake_policy() {
  static const PolicyPtr kCompiled =
      iam::policy_or_defect(kIntakePolicy, PolicyUse::Identity, std::string(kIntakePolicyName));
  return kCompiled;
}

// "s3.amazonaws.com", an account's number, an ARN or "*".
boost::json::value principal_of(const std::string& principal) {
  if (principal == "*") return "*";
  const bool is_service = principal.ends_with(".amazonaws.com");
  return boost::json::object{{is_service ? "Service" : "AWS", principal}};
}

// A policy of that ARN that nobody knows may hold a Deny: whoever it is attached to may do nothing.
PolicyPtr unknown_policy(const std::string& arn) {
  return std::make_shared<const iam::Policy>(
      arn, Error{.code = Code::NotFound, .message = "no policy has this ARN"});
}

}  // namespace

std::string permission_document(const model::Permission& permission,
                                const std::string& function_arn) {
  boost::json::object statement{
      {"Sid", permission.statement_id},
      {"Effect", "Allow"},
      {"Principal", principal_of(permission.principal_id.empty() ? permission.principal
                                                                 : permission.principal_id)},
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

std::shared_ptr<const PolicySnapshot> PolicySnapshot::make(const std::vector<model::App>& apps,
                                                           const store::Identities& identities) {
  PolicyCache cache;
  auto snapshot = std::make_shared<PolicySnapshot>();
  snapshot->add_managed(identities, cache);
  for (const auto& app : apps) snapshot->add_managed(app, cache);
  for (const auto& app : apps) snapshot->add(app, cache);
  for (const auto& [name, role] : identities.roles) snapshot->add(*role, cache);
  for (const auto& [name, user] : identities.users) snapshot->add(*user, cache);
  return snapshot;
}

std::shared_ptr<const PolicySnapshot> PolicySnapshot::make(
    const store::Configuration& configuration) {
  PolicyCache cache;
  return make(configuration, cache);
}

std::shared_ptr<const PolicySnapshot> PolicySnapshot::make(
    const store::Configuration& configuration, PolicyCache& cache) {
  auto snapshot = std::make_shared<PolicySnapshot>();
  const auto& identities = *configuration.identities;
  snapshot->knows_everyone_ = true;
  snapshot->add_managed(identities, cache);
  for (const auto& [name, deployed] : configuration.apps)
    snapshot->add_managed(deployed.app, cache);
  for (const auto& [name, deployed] : configuration.apps) snapshot->add(deployed.app, cache);
  for (const auto& [name, role] : identities.roles) snapshot->add(*role, cache);
  for (const auto& [name, user] : identities.users) snapshot->add(*user, cache);
  return snapshot;
}

void PolicySnapshot::add_managed(const model::App& app, PolicyCache& cache) {
  for (const auto& [arn, policy] : app.managed_policies)
    managed_[arn] = cache.compile(policy.document, PolicyUse::Identity, arn);
}

void PolicySnapshot::add_managed(const store::Identities& identities, PolicyCache& cache) {
  for (const auto& [name, policy] : identities.policies) {
    const auto* version = store::find_version(*policy, policy->default_version);
    if (version == nullptr) continue;  // who has it attached may do nothing
    managed_[policy->arn] = cache.compile(version->document, PolicyUse::Identity, policy->arn);
  }
}

void PolicySnapshot::add(const model::App& app, PolicyCache& cache) {
  for (const auto& [arn, role] : app.roles) add(store::identity_of(role, {}), cache);
  for (const auto& [name, bucket] : app.buckets) {
    if (!bucket.policy) continue;
    resources_[bucket.arn].push_back(cache.compile(with_names(*bucket.policy, bucket.policy_ids),
                                                   PolicyUse::Resource, bucket.arn));
  }
  for (const auto& permission : app.permissions) add_permission(app, permission, cache);
}

void PolicySnapshot::add(const store::IdentityRecord& record, PolicyCache& cache) {
  auto& identity = identities_[record.arn];
  identity.id = record.id;
  for (const auto& [name, document] : record.inline_policies) {
    identity.policies.push_back(
        cache.compile(document, PolicyUse::Identity, record.arn + "/" + name));
  }
  for (const auto& arn : record.attached_policies)
    identity.policies.push_back(attached(arn, cache));
  if (record.boundary_arn) identity.boundary.push_back(attached(*record.boundary_arn, cache));
  if (record.kind == store::IdentityKind::User) {
    identity.tags = record.tags;
    users_[record.id] = record.arn;
    return;
  }
  resources_[record.arn].push_back(cache.compile(
      with_names(record.trust_policy, record.trusted_ids), PolicyUse::Trust, record.arn));
}

void PolicySnapshot::add_permission(const model::App& app, const model::Permission& permission,
                                    PolicyCache& cache) {
  const auto function = app.functions.find(permission.function.text());
  if (function == app.functions.end()) return;  // grants nothing
  const auto& arn = function->second.arn;
  resources_[arn].push_back(
      cache.compile(permission_document(permission, arn), PolicyUse::Resource, arn));
}

PolicyPtr PolicySnapshot::managed(const std::string& arn) const {
  const auto found = managed_.find(arn);
  return found == managed_.end() ? nullptr : found->second;
}

PolicyPtr PolicySnapshot::attached(const std::string& arn, PolicyCache& cache) const {
  if (auto own = managed(arn)) return own;
  if (const auto document = model::find_managed_policy(arn))
    return cache.compile(*document, PolicyUse::Identity, arn);
  return unknown_policy(arn);
}

// A session outlives the user or role it was made for; one that was made anew under the old name is
// somebody else. What the node itself runs with a role (its id is no AROA…) is of this moment.
const PolicySnapshot::Identity* PolicySnapshot::find(const sdk::Principal& principal) const {
  const bool session = principal.kind == sdk::PrincipalKind::AssumedRole;
  const auto found = identities_.find(session ? principal.role_arn : principal.arn);
  if (found == identities_.end()) return nullptr;
  const auto& identity = found->second;
  const auto id = std::string_view(principal.principal_id)
                      .substr(0, session ? principal.principal_id.find(':') : std::string::npos);
  const bool checked = !identity.id.empty() && (!session || id.starts_with("AROA"));
  return checked && id != identity.id ? nullptr : &identity;
}

AppliedPolicies PolicySnapshot::policies_for(const sdk::Call& call) const {
  AppliedPolicies applied;
  const auto& principal = call.principal;
  const bool session = principal.kind == sdk::PrincipalKind::AssumedRole;
  if (!intake_source_of(principal).empty()) {
    applied.identity.push_back(intake_policy());
  } else if (session || principal.kind == sdk::PrincipalKind::User) {
    if (const auto* identity = find(principal)) {
      applied.identity = identity->policies;
      applied.boundary = identity->boundary;
    } else if (knows_everyone_) {
      applied.identity.push_back(std::make_shared<const iam::Policy>(
          session ? principal.role_arn : principal.arn,
          Error{.code = Code::NotFound, .message = "its user or role does not exist any more"}));
    }
  }
  // A role's trust policy says who may assume it, and nothing of who may change it.
  const bool of_role = call.resource.starts_with("arn:aws:iam:");
  if (of_role && !call.action.starts_with("sts:")) return applied;
  const auto resource = resources_.find(policy_owner(call.resource));
  if (resource != resources_.end()) applied.resource = resource->second;
  return applied;
}

// A key or a session knows its user as it was when it was made; the unique id stays.
sdk::Principal PolicySnapshot::current(sdk::Principal principal) const {
  if (principal.kind != sdk::PrincipalKind::User) return principal;
  if (const auto user = users_.find(principal.principal_id); user != users_.end())
    principal.arn = user->second;
  const auto* identity = find(principal);
  principal.session_tags =
      identity == nullptr ? std::map<std::string, std::string>() : identity->tags;
  return principal;
}

SnapshotPolicySource::SnapshotPolicySource(std::shared_ptr<const PolicySnapshot> snapshot)
    : snapshot_(std::move(snapshot)) {}

sdk::Principal SnapshotPolicySource::current(sdk::Principal principal) const {
  const auto snapshot = snapshot_.with([](const auto& latest) { return latest; });
  return snapshot->current(std::move(principal));
}

void SnapshotPolicySource::take(const store::Configuration& configuration) {
  cache_.with([&](auto& cache) {
    swap(PolicySnapshot::make(configuration, cache));
    cache.settle();
  });
}

void SnapshotPolicySource::swap(std::shared_ptr<const PolicySnapshot> snapshot) {
  snapshot_.with([&](auto& current) { current.swap(snapshot); });
}

AppliedPolicies SnapshotPolicySource::policies_for(const sdk::Call& call) const {
  const auto snapshot = snapshot_.with([](const auto& current) { return current; });
  auto applied = snapshot->policies_for(call);
  if (call.principal.session_policy) {
    applied.session.push_back(session_policy(*call.principal.session_policy, "session-policy"));
  }
  for (const auto& arn : call.principal.session_policy_arns)
    applied.session.push_back(managed_session_policy(*snapshot, arn));
  return applied;
}

// As it is now: a session whose managed policy is gone may do nothing.
PolicyPtr SnapshotPolicySource::managed_session_policy(const PolicySnapshot& snapshot,
                                                       const std::string& arn) const {
  if (auto own = snapshot.managed(arn)) return own;
  if (const auto document = model::find_managed_policy(arn))
    return session_policy(std::string(*document), arn);
  return unknown_policy(arn);
}

PolicyPtr SnapshotPolicySource::session_policy(const std::string& document,
                                               const std::string& name) const {
  auto found = sessions_.with([&](const auto& sessions) {
    const auto at = sessions.find(document);
    return at == sessions.end() ? PolicyPtr() : at->second;
  });
  if (found != nullptr) return found;
  auto policy = iam::policy_or_defect(document, PolicyUse::Identity, name);
  sessions_.with([&](auto& sessions) {
    if (sessions.size() >= kSessionsMax) sessions.clear();
    sessions.emplace(document, policy);
  });
  return policy;
}

}  // namespace sextant::guard
