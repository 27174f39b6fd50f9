#include "guard/iam/explain.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "guard/iam/organisation.h"
#include "guard/iam/request_view.h"

namespace sextant::guard::iam {
namespace {

using Policies = std::vector<PolicyPtr>;

constexpr std::string_view kResource = "resource-based policy";

struct Visited {
  std::string_view layer;
  std::size_t level = 0;
  const Policy& policy;
};

// Every policy there is, in the order of evaluation.
void visit_policies(const AppliedPolicies& policies,
                    const std::function<void(const Visited&)>& visit) {
  const auto one = [&](std::string_view layer, const Policies& list, std::size_t level = 0) {
    for (const auto& policy : list) visit({layer, level, *policy});
  };
  const auto levels = [&](std::string_view layer, const std::vector<Policies>& all) {
    for (std::size_t i = 0; i < all.size(); ++i) one(layer, all[i], i + 1);
  };
  levels("resource control policy", policies.resource_control);
  levels("service control policy", policies.service_control);
  one(kResource, policies.resource);
  one("identity-based policy", policies.identity);
  one("permissions boundary", policies.boundary);
  one("session policy", policies.session);
}

void visit_statements(const AppliedPolicies& policies,
                      const std::function<void(const Visited&, const Statement&)>& visit) {
  visit_policies(policies, [&](const Visited& visited) {
    for (const auto& statement : visited.policy.statements()) visit(visited, statement);
  });
}

std::size_t values_of(const RequestView& request, const std::string& key) {
  const auto values = request.values(make_key(key));
  return values.state == Values::State::Absent ? 0 : std::max<std::size_t>(values.count, 1);
}

std::string why(const ConditionReport& condition) {
  const bool unknown = condition.match == Match::Unknown;
  std::string text = unknown ? " cannot be evaluated" : " does not hold";
  if (condition.values == 0) return text + ": the call has no " + condition.key;
  if (!unknown) return text;
  if (condition.values > 1) return text + ": the call has several values of " + condition.key;
  return text + ": the call's value of " + condition.key + " is none that the operator reads";
}

// Whether its Allow would be the one that is lacking. What a resource's policy allows needs no
// other Allow but those of control policies.
bool may_supply(const StatementReport& report, const Judgement& judged) {
  if (report.layer == judged.lacking && report.level == judged.level) return true;
  return report.layer == kResource && !judged.lacking.empty() && judged.level == 0;
}

}  // namespace

bool StatementReport::applies() const {
  const auto wanted = [this](const ConditionReport& condition) {
    // What cannot be evaluated stops an Allow and not a Deny.
    return condition.match == Match::Yes ||
           (condition.match == Match::Unknown && effect == Effect::Deny);
  };
  return principal && resource && std::ranges::all_of(conditions, wanted);
}

std::string StatementReport::missing() const {
  std::string text;
  if (applies()) return text;
  const auto add = [&](const std::string& what) { text += (text.empty() ? "" : "; ") + what; };
  if (!principal) add("it names another principal");
  if (!resource) add("it names other resources");
  for (const auto& condition : conditions) {
    if (condition.match == Match::Yes) continue;
    add("its condition " + condition.text + why(condition));
  }
  return text;
}

std::vector<std::string> StatementReport::doubtful_keys() const {
  std::vector<std::string> keys;
  if (!principal || !resource) return keys;
  for (const auto& condition : conditions) {
    // Whatever the absent keys hold, one that is given decides.
    if (condition.values > 0 && condition.match == Match::No) return {};
    const bool new_one = std::ranges::find(keys, condition.key) == keys.end();
    if (condition.values == 0 && new_one) keys.push_back(condition.key);
  }
  return keys;
}

std::vector<StatementReport> explain(const sdk::Call& call, const AppliedPolicies& policies) {
  const RequestView request(call);
  std::vector<StatementReport> reports;
  visit_statements(binding(call, policies), [&](const Visited& visited,
                                                const Statement& statement) {
    if (!statement.speaks_of(request.action())) return;
    StatementReport report{.layer = std::string(visited.layer),
                           .level = visited.level,
                           .label = statement.label,
                           .effect = statement.effect,
                           .principal = statement.principal_match(call.principal) != Naming::None,
                           .resource = statement.resource_match(request)};
    for (const auto& condition : statement.conditions) {
      report.conditions.push_back({.text = condition.describe(),
                                   .match = condition.evaluate(request),
                                   .key = condition.key_name(),
                                   .values = values_of(request, condition.key_name())});
    }
    reports.push_back(std::move(report));
  });
  return reports;
}

std::vector<const StatementReport*> doubts(const Judgement& judged,
                                           const std::vector<StatementReport>& reports) {
  const auto& deciding = judged.decision.deciding_statements;
  const bool is_allow = judged.decision.verdict == sdk::Verdict::Allow;
  const auto matters = [&](const StatementReport& report) {
    if (std::ranges::find(deciding, report.label) != deciding.end()) return true;
    if (report.applies()) return false;
    return is_allow ? report.effect == Effect::Deny
                    : report.effect == Effect::Allow && may_supply(report, judged);
  };
  std::vector<const StatementReport*> found;
  for (const auto& report : reports) {
    if (matters(report) && !report.doubtful_keys().empty()) found.push_back(&report);
  }
  return found;
}

std::vector<std::string> policies_in(const AppliedPolicies& policies, std::string_view layer,
                                     std::size_t level) {
  std::vector<std::string> names;
  visit_policies(policies, [&](const Visited& visited) {
    if (visited.layer == layer && visited.level == level) names.push_back(visited.policy.name());
  });
  return names;
}

std::vector<std::string> missing_context_keys(const sdk::Call& call,
                                              const AppliedPolicies& policies) {
  const RequestView request(call);
  std::vector<std::string> missing;
  visit_statements(binding(call, policies), [&](const Visited&, const Statement& statement) {
    if (!statement.speaks_of(request.action())) return;
    for (const auto& condition : statement.conditions) {
      const auto& name = condition.key_name();
      const bool known =
          std::ranges::find(missing, name) != missing.end() || values_of(request, name) > 0;
      if (!known) missing.push_back(name);
    }
  });
  return missing;
}

const Statement* find_statement(const AppliedPolicies& policies, std::string_view label) {
  const Statement* found = nullptr;
  visit_statements(policies, [&](const Visited&, const Statement& statement) {
    if (found == nullptr && statement.label == label) found = &statement;
  });
  return found;
}

}  // namespace sextant::guard::iam
