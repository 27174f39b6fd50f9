#include "guard/iam/evaluate.h"

#include <optional>
#include <span>
#include <string>
#include <utility>

#include "guard/iam/organisation.h"
#include "guard/iam/policy.h"
#include "guard/iam/request_view.h"

namespace sextant::guard::iam {
namespace {

using sdk::PrincipalKind;

// The kinds of policies, as AWS's sentences name them.
struct Layer {
  std::string_view name;
  std::string_view article;
};
constexpr Layer kIdentity{"identity-based policy", "an"};
constexpr Layer kResource{"resource-based policy", "a"};
constexpr Layer kBoundary{"permissions boundary", "a"};
constexpr Layer kSession{"session policy", "a"};
constexpr Layer kServiceControl{"service control policy", "a"};
constexpr Layer kResourceControl{"resource control policy", "a"};

using Policies = std::vector<PolicyPtr>;

struct Found {
  const Statement* statement = nullptr;
  Statement::Hit hit = {};
};

// The Deny that applies, if any. One whose condition cannot be evaluated applies.
Found find_deny(const Policies& policies, const RequestView& request) {
  Found found;
  for (const auto& policy : policies) {
    policy->for_each(Effect::Deny, request, [&](const Statement& statement) {
      const auto hit = statement.matches(request);
      if (hit.match != Match::No) found = {&statement, hit};
      return found.statement == nullptr;
    });
    if (found.statement != nullptr) break;
  }
  return found;
}

// The Allow that names the caller most closely, if any.
Found find_allow(const Policies& policies, const RequestView& request) {
  Found best;
  for (const auto& policy : policies) {
    policy->for_each(Effect::Allow, request, [&](const Statement& statement) {
      const auto hit = statement.matches(request);
      if (hit.match == Match::Yes && hit.naming > best.hit.naming) best = {&statement, hit};
      return best.hit.naming != Naming::Direct;
    });
    if (best.hit.naming == Naming::Direct) break;
  }
  return best;
}

std::string_view who(const sdk::Principal& principal) {
  switch (principal.kind) {
    case PrincipalKind::Anonymous: return "anonymous";
    case PrincipalKind::Service: return principal.service;
    default: return principal.arn;
  }
}

std::string not_authorized(const sdk::Call& call, std::string_view because) {
  const std::string_view name = who(call.principal);
  const std::string_view quote = call.service == "s3" ? "\"" : "";
  std::string text;
  text.reserve(name.size() + call.action.size() + call.resource.size() + because.size() + 64);
  text.append("User: ").append(name).append(" is not authorized to perform: ");
  text.append(call.action).append(" on resource: ");
  text.append(quote).append(call.resource).append(quote).append(" ").append(because);
  return text;
}

class Evaluation {
 public:
  Evaluation(const sdk::Call& call, const AppliedPolicies& policies)
      : call_(call), policies_(policies), request_(call) {}

  sdk::Decision decide() {
    // Needs no permission, and no policy can forbid it.
    if (call_.action == "sts:GetCallerIdentity" &&
        call_.principal.kind != PrincipalKind::Anonymous) {
      return allow({});
    }
    if (defective(policies_.identity) || defective(policies_.resource) ||
        defective(policies_.boundary) || defective(policies_.session) ||
        defective(service_control()) || defective(resource_control()) || unproven_service() ||
        denied()) {
      return std::move(decision_);
    }
    const bool controlled = controls_allow(resource_control(), kResourceControl) &&
                            controls_allow(service_control(), kServiceControl);
    if (!controlled) return std::move(decision_);
    // Users may call it without any Allow; a Deny counts.
    if (call_.action == "sts:GetSessionToken" &&
        (is_root() || call_.principal.kind == PrincipalKind::User)) {
      return allow({});
    }
    return decide_by_grants();
  }

  Judgement judge() {
    auto decision = decide();
    return {std::move(decision), lacking_, level_};
  }

 private:
  // Policies that could not be compiled.
  bool defective(const Policies& policies) {
    for (const auto& policy : policies) {
      if (!policy->defect()) continue;
      deny("because policy " + policy->name() + " cannot be evaluated: " + *policy->defect());
      return true;
    }
    return false;
  }
  bool defective(std::span<const Policies> levels) {
    for (const auto& level : levels) {
      if (defective(level)) return true;
    }
    return false;
  }

  // A service that does not say for which resource it acts could be made anybody's deputy.
  bool unproven_service() {
    if (call_.principal.kind != PrincipalKind::Service) return false;
    static const Key kSourceArn = make_key("aws:SourceArn");
    static const Key kSourceAccount = make_key("aws:SourceAccount");
    if (request_.single(kSourceArn) != nullptr && request_.single(kSourceAccount) != nullptr) {
      return false;
    }
    deny(
        "because a service must say for which resource (aws:SourceArn) of which account "
        "(aws:SourceAccount) it acts");
    return true;
  }

  bool denied() {
    for (const auto& level : service_control()) {
      if (denied_by(level, kServiceControl)) return true;
    }
    for (const auto& level : resource_control()) {
      if (denied_by(level, kResourceControl)) return true;
    }
    return denied_by(policies_.resource, kResource) || denied_by(policies_.identity, kIdentity) ||
           (bounded() && denied_by(policies_.boundary, kBoundary)) ||
           denied_by(policies_.session, kSession);
  }

  bool denied_by(const Policies& policies, const Layer& layer) {
    const auto found = find_deny(policies, request_);
    if (found.statement == nullptr) return false;
    std::string because = "with an explicit deny in " + std::string(layer.article) + " ";
    because.append(layer.name);
    if (found.hit.doubtful != nullptr) {
      because += " (its condition " + found.hit.doubtful->describe() + " cannot be evaluated)";
    }
    deny(because);
    decision_.deciding_statements.push_back(found.statement->label);
    return true;
  }

  // Every level of the organisation must allow.
  bool controls_allow(std::span<const Policies> levels, const Layer& layer) {
    for (std::size_t i = 0; i < levels.size(); ++i) {
      if (allowed_by(levels[i], layer)) continue;
      level_ = i + 1;
      return false;
    }
    return true;
  }

  // AWS's own order of decision, kept in one place.
  // NOLINTNEXTLINE(readability-function-cognitive-complexity)
  sdk::Decision decide_by_grants() {
    const auto grant = find_allow(policies_.resource, request_);
    const bool granted = grant.statement != nullptr;
    switch (call_.principal.kind) {
      case PrincipalKind::Anonymous:
      case PrincipalKind::Service:
        return grant.hit.naming == Naming::Direct ? allow(grant) : missing(kResource);
      default: break;
    }
    if (call_.principal.account != request_.resource_owner()) {
      if (!granted) return missing(kResource);
      add_decisive(grant);
      return identity_allows() && limits_allow() ? allow({}) : std::move(decision_);
    }
    // The caller itself is named: nothing but a Deny limits that (docs/adr).
    if (grant.hit.naming == Naming::Direct) return allow(grant);
    if (grant.hit.naming == Naming::Role) {
      add_decisive(grant);
      return limits_allow() ? allow({}) : std::move(decision_);
    }
    // These resources trust nobody whom their own policy does not name.
    if (needs_resource_policy() && !granted) return missing(kResource);
    if (granted && needs_resource_policy()) add_decisive(grant);
    return identity_allows() && limits_allow() ? allow({}) : std::move(decision_);
  }

  bool identity_allows() { return is_root() || allowed_by(policies_.identity, kIdentity); }

  bool limits_allow() {
    if (is_root()) return true;
    if (bounded() && !allowed_by(policies_.boundary, kBoundary)) return false;
    return policies_.session.empty() || allowed_by(policies_.session, kSession);
  }

  bool allowed_by(const Policies& policies, const Layer& layer) {
    const auto found = find_allow(policies, request_);
    if (found.statement == nullptr) {
      deny_for_lack_of(layer);
      return false;
    }
    add_decisive(found);
    return true;
  }

  bool is_root() const { return call_.principal.kind == PrincipalKind::Root; }
  bool needs_resource_policy() const {
    return request_.action().starts_with("sts:assumerole") ||
           request_.action() == "sts:tagsession" || request_.action().starts_with("kms:");
  }
  bool bounded() const {
    return !policies_.boundary.empty() && !is_service_linked(call_.principal.role_arn);
  }
  // None where they do not bind the call.
  std::span<const Policies> service_control() const {
    const auto& all = policies_.service_control;
    return all.empty() || !bound_by_service_control(call_.principal) ? std::span<const Policies>()
                                                                     : all;
  }
  std::span<const Policies> resource_control() const {
    const auto& all = policies_.resource_control;
    return all.empty() || !bound_by_resource_control(call_) ? std::span<const Policies>() : all;
  }

  sdk::Decision allow(const Found& found) {
    decision_.verdict = sdk::Verdict::Allow;
    if (found.statement != nullptr) add_decisive(found);
    return std::move(decision_);
  }

  void add_decisive(const Found& found) {
    decision_.deciding_statements.push_back(found.statement->label);
  }

  void deny(std::string_view because) {
    decision_.verdict = sdk::Verdict::Deny;
    decision_.deciding_statements.clear();  // they did not suffice
    decision_.reason = not_authorized(call_, because);
  }
  void deny_for_lack_of(const Layer& layer) {
    std::string because = "because no ";
    because.append(layer.name).append(" allows the ").append(call_.action).append(" action");
    deny(because);
    lacking_ = layer.name;
  }
  sdk::Decision missing(const Layer& layer) {
    deny_for_lack_of(layer);
    return std::move(decision_);
  }

  const sdk::Call& call_;
  const AppliedPolicies& policies_;
  const RequestView request_;
  sdk::Decision decision_;
  std::string_view lacking_ = {};
  std::size_t level_ = 0;
};

}  // namespace

sdk::Decision evaluate(const sdk::Call& call, const AppliedPolicies& policies) {
  return Evaluation(call, policies).decide();
}

Judgement judge(const sdk::Call& call, const AppliedPolicies& policies) {
  return Evaluation(call, policies).judge();
}

}  // namespace sextant::guard::iam
