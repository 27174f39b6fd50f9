#include "deploy/caller_permissions.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/function_code.h"

namespace sextant::deploy {
namespace {

using model::Action;

constexpr const char* kCloudFormation = "cloudformation.amazonaws.com";

sdk::ConditionContext tags_context(const std::map<std::string, std::string>& tags) {
  sdk::ConditionContext context;
  for (const auto& [key, value] : tags) {
    context["aws:RequestTag/" + key] = {value};
    context["aws:TagKeys"].push_back(key);
  }
  return context;
}

std::set<std::string> names_of(const std::vector<model::Policy>& policies) {
  std::set<std::string> names;
  for (const auto& policy : policies) names.insert(policy.name);
  return names;
}

class Needs {
 public:
  Needs(const Scope& scope, const model::App& before, const model::App& after)
      : scope_(scope), before_(before), after_(after) {}

  std::vector<NeededCall> collect() {
    compare(before_.databases, after_.databases, [this](auto* old, auto* now) { of(old, now); });
    compare(before_.tables, after_.tables, [this](auto* old, auto* now) { of(old, now); });
    compare(before_.managed_policies, after_.managed_policies,
            [this](auto* old, auto* now) { of(old, now); });
    compare(before_.roles, after_.roles, [this](auto* old, auto* now) { of(old, now); });
    compare(before_.functions, after_.functions, [this](auto* old, auto* now) { of(old, now); });
    compare(by_statement(before_), by_statement(after_),
            [this](auto* old, auto* now) { of(old, now); });
    compare(before_.buckets, after_.buckets, [this](auto* old, auto* now) { of(old, now); });
    return std::move(needed_);
  }

 private:
  // use(old, now) for what is new (old: null), changed, and gone (now: null).
  template <typename T, typename Use>
  static void compare(const std::map<std::string, T>& before, const std::map<std::string, T>& after,
                      const Use& use) {
    const T* const none = nullptr;
    for (const auto& [key, old] : before) {
      if (!after.contains(key)) use(&old, none);
    }
    for (const auto& [key, now] : after) {
      const auto old = before.find(key);
      if (old == before.end()) {
        use(none, &now);
      } else if (!(old->second == now)) {
        use(&old->second, &now);
      }
    }
  }

  static std::map<std::string, model::Permission> by_statement(const model::App& app) {
    std::map<std::string, model::Permission> result;
    for (const auto& permission : app.permissions) result[permission.statement_id] = permission;
    return result;
  }

  template <typename T>
  void begin(const T* old, const T* now, const char* type, const std::string& physical_id) {
    resource_.action = old == nullptr   ? Action::Add
                       : now == nullptr ? Action::Remove
                                        : Action::Modify;
    resource_.resource_type = type;
    resource_.logical_id = now != nullptr ? now->logical_id : old->logical_id;
    resource_.physical_id = physical_id;
  }
  void need(std::string action, std::string arn, sdk::ConditionContext context = {}) {
    needed_.push_back({resource_, std::move(action), std::move(arn), std::move(context)});
  }
  std::string arn(std::string_view service, std::string_view rest) const {
    return "arn:aws:" + std::string(service) + ":" + scope_.region.text() + ":" +
           scope_.account.text() + ":" + std::string(rest);
  }

  void of(const model::Database* old, const model::Database* now) {
    const auto& database = now != nullptr ? *now : *old;
    begin(old, now, "AWS::Glue::Database", database.name);
    for (const auto& on : {arn("glue", "catalog"), database.arn}) need(glue("Database"), on);
  }
  void of(const model::Table* old, const model::Table* now) {
    if (now == nullptr && old->retained) return;
    const auto& table = now != nullptr ? *now : *old;
    begin(old, now, "AWS::Glue::Table", table.name.text());
    for (const auto& on :
         {arn("glue", "catalog"), arn("glue", "database/" + table.database), table.arn}) {
      need(glue("Table"), on);
    }
  }
  std::string glue(std::string_view what) const {
    const char* verb = resource_.action == Action::Add      ? "Create"
                       : resource_.action == Action::Remove ? "Delete"
                                                            : "Update";
    return "glue:" + std::string(verb) + std::string(what);
  }

  void of(const model::ManagedPolicy* old, const model::ManagedPolicy* now) {
    const auto& policy = now != nullptr ? *now : *old;
    begin(old, now, "AWS::IAM::ManagedPolicy", policy.arn);
    need(old == nullptr   ? "iam:CreatePolicy"
         : now == nullptr ? "iam:DeletePolicy"
                          : "iam:CreatePolicyVersion",
         policy.arn);
  }

  void of(const model::Role* old, const model::Role* now) {
    const auto& role = now != nullptr ? *now : *old;
    begin(old, now, "AWS::IAM::Role", role.name);
    const model::Role none;
    const auto& was = old != nullptr ? *old : none;
    const auto& becomes = now != nullptr ? *now : none;
    if (old == nullptr) need("iam:CreateRole", role.arn, role_context(role, role.tags));
    inline_policies(was, becomes, role.arn);
    attached_policies(was, becomes, role);
    if (now == nullptr) return need("iam:DeleteRole", role.arn);
    if (old == nullptr) {
      if (!role.tags.empty()) need("iam:TagRole", role.arn, tags_context(role.tags));
      return;
    }
    if (was.trust_policy != role.trust_policy) need("iam:UpdateAssumeRolePolicy", role.arn);
    if (was.permissions_boundary_arn != role.permissions_boundary_arn) {
      need(role.permissions_boundary_arn ? "iam:PutRolePermissionsBoundary"
                                         : "iam:DeleteRolePermissionsBoundary",
           role.arn, role_context(role, {}));
    }
    tags(was.tags, role.tags, "iam:TagRole", "iam:UntagRole", role.arn);
  }
  static sdk::ConditionContext role_context(const model::Role& role,
                                            const std::map<std::string, std::string>& tags) {
    auto context = tags_context(tags);
    if (role.permissions_boundary_arn)
      context["iam:PermissionsBoundary"] = {*role.permissions_boundary_arn};
    return context;
  }
  void inline_policies(const model::Role& was, const model::Role& becomes,
                       const std::string& role_arn) {
    const auto kept = names_of(becomes.inline_policies);
    for (const auto& policy : was.inline_policies) {
      if (!kept.contains(policy.name))
        need("iam:DeleteRolePolicy", role_arn, role_context(was, {}));
    }
    for (const auto& policy : becomes.inline_policies) {
      if (std::ranges::find(was.inline_policies, policy) == was.inline_policies.end())
        need("iam:PutRolePolicy", role_arn, role_context(becomes, {}));
    }
  }
  void attached_policies(const model::Role& was, const model::Role& becomes,
                         const model::Role& role) {
    const auto differ = [&](const std::vector<std::string>& some,
                            const std::vector<std::string>& others, const char* action) {
      for (const auto& policy : some) {
        if (std::ranges::find(others, policy) != others.end()) continue;
        auto context = role_context(role, {});
        context["iam:PolicyARN"] = {policy};
        need(action, role.arn, std::move(context));
      }
    };
    differ(was.managed_policy_arns, becomes.managed_policy_arns, "iam:DetachRolePolicy");
    differ(becomes.managed_policy_arns, was.managed_policy_arns, "iam:AttachRolePolicy");
  }
  void tags(const std::map<std::string, std::string>& was,
            const std::map<std::string, std::string>& becomes, const char* add, const char* remove,
            const std::string& on) {
    sdk::ConditionContext gone;
    for (const auto& [key, value] : was) {
      if (!becomes.contains(key)) gone["aws:TagKeys"].push_back(key);
    }
    if (!gone.empty()) need(remove, on, std::move(gone));
    std::map<std::string, std::string> fresh;
    for (const auto& [key, value] : becomes) {
      const auto old = was.find(key);
      if (old == was.end() || old->second != value) fresh[key] = value;
    }
    if (!fresh.empty()) need(add, on, tags_context(fresh));
  }

  void of(const model::Function* old, const model::Function* now) {
    const auto& function = now != nullptr ? *now : *old;
    begin(old, now, "AWS::Lambda::Function", function.name.text());
    if (now == nullptr) return need("lambda:DeleteFunction", function.arn);
    if (old == nullptr || old->role_arn != function.role_arn) {
      need("iam:PassRole", function.role_arn,
           {{"iam:PassedToService", {"lambda.amazonaws.com"}},
            {"iam:AssociatedResourceArn", {function.arn}}});
    }
    const model::Function none;
    const auto& was = old != nullptr ? *old : none;
    if (old == nullptr) {
      need("lambda:CreateFunction", function.arn, tags_context(function.tags));
      if (!function.tags.empty())
        need("lambda:TagResource", function.arn, tags_context(function.tags));
    } else {
      update_of(was, function);
    }
    if (was.reserved_concurrency != function.reserved_concurrency) {
      need(function.reserved_concurrency ? "lambda:PutFunctionConcurrency"
                                         : "lambda:DeleteFunctionConcurrency",
           function.arn);
    }
    if (!(was.retry == function.retry)) need("lambda:PutFunctionEventInvokeConfig", function.arn);
  }
  void update_of(const model::Function& was, const model::Function& now) {
    if (configured_otherwise(was, now)) need("lambda:UpdateFunctionConfiguration", now.arn);
    if (code_of(was) != code_of(now)) need("lambda:UpdateFunctionCode", now.arn);
    tags(was.tags, now.tags, "lambda:TagResource", "lambda:UntagResource", now.arn);
  }
  static std::string code_of(const model::Function& function) {
    const auto code = function.environment.find(std::string(kCodeVariable));
    return code == function.environment.end() ? std::string() : code->second;
  }
  static std::map<std::string, std::string> variables_of(const model::Function& function) {
    auto variables = function.environment;
    variables.erase(std::string(kCodeVariable));
    return variables;
  }
  static bool configured_otherwise(const model::Function& was, const model::Function& now) {
    return was.runtime != now.runtime || was.handler != now.handler ||
           was.role_arn != now.role_arn || variables_of(was) != variables_of(now) ||
           was.timeout_s != now.timeout_s || was.memory_mib != now.memory_mib;
  }

  void of(const model::Permission* old, const model::Permission* now) {
    const auto& permission = now != nullptr ? *now : *old;
    begin(old, now, "AWS::Lambda::Permission", permission.statement_id);
    const auto on = arn("lambda", "function:" + permission.function.text());
    if (old != nullptr)
      need("lambda:RemovePermission", on, {{"lambda:Principal", {old->principal}}});
    if (now != nullptr) need("lambda:AddPermission", on, {{"lambda:Principal", {now->principal}}});
  }

  void of(const model::Bucket* old, const model::Bucket* now) {
    const auto& bucket = now != nullptr ? *now : *old;
    begin(old, now, "AWS::S3::Bucket", bucket.name.text());
    if (now == nullptr) {
      if (bucket.retained) return;
      if (bucket.policy) need("s3:DeleteBucketPolicy", bucket.arn);
      return need("s3:DeleteBucket", bucket.arn);
    }
    if (old == nullptr) need("s3:CreateBucket", bucket.arn);
    const model::Bucket none;
    const auto& was = old != nullptr ? *old : none;
    if (was.policy != bucket.policy)
      need(bucket.policy ? "s3:PutBucketPolicy" : "s3:DeleteBucketPolicy", bucket.arn);
    if (was.notifications != bucket.notifications) need("s3:PutBucketNotification", bucket.arn);
    if (was.tags != bucket.tags) need("s3:PutBucketTagging", bucket.arn);
  }

  const Scope& scope_;
  const model::App& before_;
  const model::App& after_;
  model::ResourceChange resource_;
  std::vector<NeededCall> needed_;
};

// As the gate sees a call that CloudFormation makes for somebody: their principal, but not their
// address.
sdk::Call call_for(const sdk::Call& deploying, const NeededCall& needed) {
  sdk::Call call;
  call.scope = deploying.scope;
  call.principal = deploying.principal;
  call.service = needed.action.substr(0, needed.action.find(':'));
  call.operation = needed.action.substr(needed.action.find(':') + 1);
  call.action = needed.action;
  call.resource = needed.arn;
  call.context = needed.context;
  call.context["aws:ViaAWSService"] = {"true"};
  call.context["aws:SecureTransport"] = {"true"};  // it crosses no network
  for (const char* key : {"aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"})
    call.context[key] = {kCloudFormation};
  call.request_id = deploying.request_id;
  call.time = deploying.time;
  call.source_ip = kCloudFormation;
  call.user_agent = kCloudFormation;
  return call;
}

}  // namespace

std::vector<NeededCall> needed_calls(const Scope& scope, const model::App& before,
                                     const model::App& after) {
  return Needs(scope, before, after).collect();
}

std::vector<store::FailedChange> find_refused(const sdk::Call& deploying,
                                              const std::vector<NeededCall>& needed,
                                              const Judge& judge) {
  std::vector<store::FailedChange> refused;
  for (const auto& call : needed) {
    if (!refused.empty() && refused.back().resource == call.resource) continue;
    auto decision = judge(call_for(deploying, call));
    if (decision.verdict == sdk::Verdict::Allow) continue;
    refused.push_back({call.resource, std::move(decision.reason)});
  }
  return refused;
}

}  // namespace sextant::deploy
