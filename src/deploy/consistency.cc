#include "deploy/consistency.h"

#include <algorithm>
#include <set>

#include "core/strings.h"
#include "guard/iam/evaluate.h"
#include "guard/iam/role_session.h"
#include "guard/iam/validate.h"
#include "guard/snapshot_policy_source.h"
#include "model/managed_policies.h"
#include "store/system_tables.h"

namespace sextant::deploy {
namespace {

using Names = std::set<std::string, std::less<>>;

std::string place(const model::Position& position) {
  if (position.line == 0) return {};
  return position.file + ":" + std::to_string(position.line) + ":" +
         std::to_string(position.column) + ": ";
}

class Check {
 public:
  Check(const Scope& scope, const Apps& apps, const std::string& stack,
        const std::vector<std::string>& buckets, const store::Identities& identities)
      : scope_(scope),
        apps_(apps),
        stack_(stack),
        identities_(identities),
        bucket_names_(buckets.begin(), buckets.end()) {
    std::vector<model::App> all;
    for (const auto& [name, app] : apps) {
      all.push_back(app);
      collect(app);
    }
    for (const auto& [name, role] : identities.roles) roles_.insert(role->arn);
    for (const auto& [name, policy] : identities.policies) managed_policies_.insert(policy->arn);
    policies_ = guard::PolicySnapshot::make(all, identities);
  }

  std::vector<std::string> run() {
    const auto own = apps_.find(stack_);
    if (own != apps_.end()) check_names(own->second);
    for (const auto& [name, app] : apps_) {
      in_ = name == stack_ ? "" : "stack '" + name + "' would break: ";
      check_roles(app);
      check_functions(app);
      check_buckets(app);
      check_tables(app);
    }
    in_.clear();
    for (const auto* made : {&identities_.users, &identities_.roles}) {
      for (const auto& [name, identity] : *made) check_identity(*identity);
    }
    return std::move(problems_);
  }

 private:
  void collect(const model::App& app) {
    for (const auto& [arn, role] : app.roles) roles_.insert(arn);
    for (const auto& [arn, policy] : app.managed_policies) managed_policies_.insert(arn);
    for (const auto& [name, function] : app.functions) functions_.insert(function.arn);
    for (const auto& [name, bucket] : app.buckets) bucket_names_.insert(name);
    for (const auto& [name, database] : app.databases) databases_.insert(name);
  }
  void report(const model::Position& at, std::string problem) {
    problems_.push_back(in_ + (in_.empty() ? place(at) : "") + std::move(problem));
  }

  template <typename T>
  void check_unique(const std::map<std::string, T>& own,
                    std::map<std::string, T> model::App::* kind, std::string_view what) {
    for (const auto& [name, app] : apps_) {
      if (name == stack_) continue;
      for (const auto& [key, resource] : own) {
        if ((app.*kind).contains(key)) report_taken(resource.position, what, key, name);
      }
    }
  }
  // By name, whatever path and case, as IAM has it: a role's sessions are told apart by it alone.
  template <typename T>
  void check_unique_in_iam(const std::map<std::string, T>& own,
                           std::map<std::string, T> model::App::* kind, std::string_view what) {
    std::map<std::string, std::string> owners;
    for (const auto& [name, app] : apps_) {
      if (name == stack_) continue;
      for (const auto& [arn, resource] : app.*kind) owners.emplace(to_lower(resource.name), name);
    }
    for (const auto& [arn, resource] : own) {
      const auto owner = owners.find(to_lower(resource.name));
      if (owner != owners.end())
        report_taken(resource.position, what, resource.name, owner->second);
    }
  }
  void report_taken(const model::Position& at, std::string_view what, const std::string& name,
                    const std::string& owner) {
    report(at, std::string(what) + " '" + name + "' belongs to stack '" + owner +
                   "' already; choose another name");
  }
  void check_names(const model::App& app) {
    check_unique_in_iam(app.roles, &model::App::roles, "role");
    check_unique_in_iam(app.managed_policies, &model::App::managed_policies, "managed policy");
    check_unique(app.functions, &model::App::functions, "function");
    check_unique(app.buckets, &model::App::buckets, "bucket");
    check_unique(app.databases, &model::App::databases, "database");
    check_unique(app.tables, &model::App::tables, "table");
    check_names_of_identities(app);
  }

  // Names differ in more than case, and from those that IAM's API made.
  void check_names_of_identities(const model::App& app) {
    for (const auto& [arn, role] : app.roles) {
      if (identities_.roles.contains(to_lower(role.name)))
        report(role.position, "Role with name " + role.name + " already exists: IAM's API made it");
    }
    for (const auto& [arn, policy] : app.managed_policies) {
      if (identities_.policies.contains(to_lower(policy.name)))
        report(policy.position,
               "A policy called " + policy.name + " already exists: IAM's API made it");
    }
  }
  // Policies that stacks declare may be attached by IAM's API: they cannot go then.
  void check_identity(const store::IdentityRecord& identity) {
    const auto check = [&](const std::string& arn) {
      if (managed_policies_.contains(arn) || model::find_managed_policy(arn)) return;
      report({}, "Cannot delete a policy attached to entities: " + identity.arn + " has " + arn);
    };
    for (const auto& arn : identity.attached_policies) check(arn);
    if (identity.boundary_arn) check(*identity.boundary_arn);
  }

  void check_roles(const model::App& app) {
    for (const auto& [arn, role] : app.roles) {
      for (const auto& policy : role.managed_policy_arns)
        check_managed_policy(role, policy, "attaches");
      if (role.permissions_boundary_arn)
        check_managed_policy(role, *role.permissions_boundary_arn, "is bounded by");
      check_inline_size(role);
    }
  }
  void check_inline_size(const model::Role& role) {
    std::size_t size = 0;
    for (const auto& policy : role.inline_policies)
      size += guard::iam::counted_size(policy.document);
    const auto most = guard::iam::size_max(guard::iam::PolicyKind::RoleInline);
    if (size <= most) return;
    report(role.position, "Maximum policy size of " + std::to_string(most) +
                              " bytes exceeded for role " + role.name +
                              ": its inline policies have " + std::to_string(size));
  }
  void check_managed_policy(const model::Role& role, const std::string& arn,
                            std::string_view verb) {
    if (managed_policies_.contains(arn) || model::find_managed_policy(arn)) return;
    report(role.position,
           "role '" + role.name + "' " + std::string(verb) + " " + arn + ", which there is not");
  }

  void check_functions(const model::App& app) {
    for (const auto& [name, function] : app.functions) {
      if (!roles_.contains(function.role_arn)) {
        report(function.position, "function '" + name + "' has role " + function.role_arn +
                                      ", which there is not; deploy the role first, or with it");
      } else if (!may_assume(function) && is_checked(function)) {
        report(function.position,
               "function '" + name + "' cannot have role " + function.role_arn +
                   ": its trust policy does not let lambda.amazonaws.com assume it");
      }
      check_destination(function);
    }
    // The gate reads a permission beside its function.
    for (const auto& permission : app.permissions) {
      if (app.functions.contains(permission.function.text())) continue;
      report({}, "permission '" + permission.logical_id + "' is for function '" +
                     permission.function.text() + "', which its stack does not have");
    }
  }
  // What IAM's API did to a role of its own since another stack was deployed is not this deploy's.
  bool is_checked(const model::Function& function) const {
    return in_.empty() ||
           !identities_.roles.contains(to_lower(store::name_of_arn(function.role_arn)));
  }
  void check_destination(const model::Function& function) {
    constexpr std::string_view kBucketArn = "arn:aws:s3:::";
    const auto& arn = function.retry.on_failure_arn;
    if (!arn || bucket_names_.contains(std::string_view(*arn).substr(kBucketArn.size()))) return;
    report(function.position, "function '" + function.name.text() + "' sends failed events to " +
                                  *arn + ", which there is not");
  }
  void check_buckets(const model::App& app) {
    for (const auto& [name, bucket] : app.buckets) {
      for (const auto& notification : bucket.notifications) {
        if (!functions_.contains(notification.function_arn)) {
          report(bucket.position, "bucket '" + name + "' notifies " + notification.function_arn +
                                      ", which there is not");
        } else if (!may_invoke(bucket, notification.function_arn)) {
          report(bucket.position, "bucket '" + name + "' notifies " + notification.function_arn +
                                      ", but may not invoke it; add an AWS::Lambda::Permission for "
                                      "s3.amazonaws.com with this bucket as SourceArn");
        }
      }
    }
  }
  void check_tables(const model::App& app) {
    for (const auto& [name, table] : app.tables) {
      if (name == store::kAuditTable)
        report(table.position, "table '" + name + "' is the node's own: choose another name");
      if (databases_.contains(table.database)) continue;
      report(table.position, "table '" + name + "' lies in database '" + table.database +
                                 "', which there is not; declare an AWS::Glue::Database");
    }
  }

  bool allowed(sdk::Call call) const {
    call.scope = scope_;
    call.principal.kind = sdk::PrincipalKind::Service;
    call.principal.principal_id = call.principal.service;
    call.context["aws:SourceAccount"] = {scope_.account.text()};
    return guard::iam::evaluate(call, policies_->policies_for(call)).verdict == sdk::Verdict::Allow;
  }
  bool may_assume(const model::Function& function) const {
    return allowed(guard::iam::assumption(scope_, function.arn, function.role_arn));
  }
  bool may_invoke(const model::Bucket& bucket, const std::string& function_arn) const {
    sdk::Call call;
    call.principal.service = "s3.amazonaws.com";
    call.service = "lambda";
    call.operation = "Invoke";
    call.action = "lambda:InvokeFunction";
    call.resource = function_arn;
    call.context["aws:SourceArn"] = {bucket.arn};
    return allowed(std::move(call));
  }

  const Scope& scope_;
  const Apps& apps_;
  const std::string& stack_;
  const store::Identities& identities_;
  Names bucket_names_;
  Names roles_;
  Names managed_policies_;
  Names functions_;
  Names databases_;
  std::shared_ptr<const guard::PolicySnapshot> policies_;
  std::string in_;
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> find_problems(const Scope& scope, const Apps& apps,
                                       const std::string& stack,
                                       const std::vector<std::string>& buckets,
                                       const store::Identities& identities) {
  return Check(scope, apps, stack, buckets, identities).run();
}

std::vector<std::string> find_warnings(const Apps& apps, const std::string& stack) {
  std::vector<std::string> warnings;
  const auto own = apps.find(stack);
  if (own == apps.end()) return warnings;
  std::map<std::string, std::string> holders;  // by role: the function that was seen with it first
  for (const auto& [name, app] : apps) {
    if (name == stack) continue;
    for (const auto& [key, function] : app.functions)
      holders.emplace(function.role_arn, "'" + key + "' of stack '" + name + "'");
  }
  for (const auto& [key, function] : own->second.functions) {
    const auto [holder, first] = holders.emplace(function.role_arn, "'" + key + "'");
    if (first) continue;
    warnings.push_back(place(function.position) + "function '" + key + "' shares role " +
                       function.role_arn + " with function " + holder->second +
                       ": each may do what the other needs; give each a role of its own");
  }
  return warnings;
}

}  // namespace sextant::deploy
