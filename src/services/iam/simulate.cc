// SimulateCustomPolicy and SimulatePrincipalPolicy: what the gate would say, without asking it.
#include "guard/iam/simulate.h"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "core/json.h"
#include "guard/iam/evaluate.h"
#include "guard/iam/explain.h"
#include "guard/iam/role_session.h"
#include "services/iam/documents.h"
#include "services/iam/handlers.h"
#include "services/iam/paging.h"
#include "services/iam/shapes.h"

namespace sextant::services::iam {
namespace {

using boost::json::object;
using guard::iam::AppliedPolicies;
using guard::iam::PolicyPtr;
using guard::iam::PolicyUse;

constexpr std::size_t kPairsMax = 10'000;  // of actions and resources

std::unexpected<Error> invalid_input(std::string message) {
  return fail(Code::Invalid, std::move(message), "InvalidInput");
}

Result<std::vector<std::string>> texts_of(const object& parameters, std::string_view name) {
  std::vector<std::string> texts;
  const auto* list = json::find(parameters, name);
  if (list == nullptr || !list->is_array()) return texts;
  for (const auto& item : list->get_array()) {
    if (!item.is_string()) return validation_error(std::string(name) + " is a list of texts");
    texts.emplace_back(item.get_string());
  }
  return texts;
}

// "PolicyInputList.1", as AWS names them in MatchedStatements.
Result<std::vector<PolicyPtr>> policies_of(const object& parameters, std::string_view name) {
  std::vector<PolicyPtr> policies;
  SX_TRY_AS(const auto documents, texts_of(parameters, name));
  for (const auto& document : documents) {
    auto label = std::string(name) + "." + std::to_string(policies.size() + 1);
    auto policy = guard::iam::parse_policy(document, PolicyUse::Identity, label);
    if (!policy) return invalid_input(label + ": " + policy.error().message);
    policies.push_back(std::move(*policy));
  }
  return policies;
}

Result<sdk::ConditionContext> context_of(const object& parameters) {
  sdk::ConditionContext context;
  const auto* entries = json::find(parameters, "ContextEntries");
  if (entries == nullptr || !entries->is_array()) return context;
  for (const auto& entry : entries->get_array()) {
    if (!entry.is_object()) return validation_error("ContextEntries is a list of keys and values");
    SX_TRY_AS(const auto key, required(entry.get_object(), "ContextKeyName"));
    SX_TRY_AS(context[key], texts_of(entry.get_object(), "ContextKeyValues"));
  }
  return context;
}

// What all questions of one call share.
struct Simulation {
  guard::iam::Question question;
  AccountId owner = {};  // of resources whose ARN names none
  AppliedPolicies policies;
  std::vector<std::string> actions;
  std::vector<std::string> resources;
};

Result<> take_questions(const Request& request, Simulation& simulation) {
  const auto& parameters = request.parameters;
  auto& question = simulation.question;
  question.scope = request.parts.scope;
  question.time = request.parts.clock.now();
  SX_TRY_AS(question.context, context_of(parameters));
  SX_TRY_AS(simulation.actions, texts_of(parameters, "ActionNames"));
  SX_TRY_AS(simulation.resources, texts_of(parameters, "ResourceArns"));
  if (simulation.actions.empty()) SX_TRY(required(parameters, "ActionNames"));
  if (simulation.resources.empty()) simulation.resources = {"*"};
  if (optional_text(parameters, "ResourceHandlingOption"))
    return invalid_input("ResourceHandlingOption chooses between scenarios of EC2: there are none");
  if (simulation.actions.size() * simulation.resources.size() > kPairsMax)
    return invalid_input("more than 10000 pairs of actions and resources");
  if (const auto document = optional_text(parameters, "ResourcePolicy")) {
    auto policy = guard::iam::parse_policy(*document, PolicyUse::Resource, "ResourcePolicy");
    if (!policy) return invalid_input("ResourcePolicy: " + policy.error().message);
    simulation.policies.resource = {std::move(*policy)};
  }
  return {};
}

constexpr std::string_view kSession = "simulated";

// As that user or role would call.
Result<sdk::Principal> acting(const Request& request, const store::IdentityRecord& identity) {
  if (identity.kind == store::IdentityKind::Role)
    return guard::iam::role_session(request.parts.scope.account, identity, kSession);
  SX_TRY_AS(auto user, guard::iam::principal_of(identity.arn));
  user.principal_id = identity.id;
  user.session_tags = identity.tags;
  return user;
}

// Whoever CallerArn names; `otherwise` without one.
Result<sdk::Principal> caller_of(const Request& request, const std::string& otherwise) {
  const auto arn = optional_text(request.parameters, "CallerArn").value_or(otherwise);
  if (const auto known = store::find_identity_by_arn(request.configuration, arn))
    return acting(request, *known);
  auto principal = guard::iam::principal_of(arn);
  if (!principal) return invalid_input(principal.error().message);
  return principal;
}

// Without a ResourceOwner what names no account is the caller's. The API reference asks for an ARN
// of the account; its number alone is understood, too.
Result<> take_caller(const Request& request, const std::string& otherwise, Simulation& simulation) {
  SX_TRY_AS(simulation.question.principal, caller_of(request, otherwise));
  const auto given = optional_text(request.parameters, "ResourceOwner");
  if (!given) {
    simulation.owner = simulation.question.principal.account;
    return {};
  }
  std::string_view account = *given;
  if (account.starts_with("arn:aws:iam::") && account.ends_with(":root"))
    account = account.substr(13, account.size() - 18);
  const bool is_account =
      account.size() == 12 && account.find_first_not_of("0123456789") == std::string_view::npos;
  if (!is_account)
    return invalid_input("ResourceOwner is the ARN of an account, arn:aws:iam::000000000000:root");
  simulation.owner = AccountId(std::string(account));
  return {};
}

object shown_position(const TextPosition& position) {
  return {{"Line", position.line}, {"Column", position.column}};
}

object shown_statement(const std::string& label, const AppliedPolicies& policies) {
  object shown{{"SourcePolicyId", label.substr(0, label.find('#'))},
               {"SourcePolicyType", "IAM Policy"}};
  const auto* statement = guard::iam::find_statement(policies, label);
  if (statement == nullptr || statement->place.begin.line == 0) return shown;
  shown["StartPosition"] = shown_position(statement->place.begin);
  shown["EndPosition"] = shown_position(statement->place.end);
  return shown;
}

// Keys that a policy asks for and the simulation does not give.
boost::json::array missing_keys(const sdk::Call& call, const AppliedPolicies& policies) {
  boost::json::array missing;
  for (const auto& key : guard::iam::missing_context_keys(call, policies))
    missing.emplace_back(key);
  return missing;
}

Result<object> answer_one(const Simulation& simulation, const std::string& action,
                          const std::string& resource) {
  auto question = simulation.question;
  question.action = action;
  question.resource = resource;
  auto call = guard::iam::call_of(question);
  if (!call) return invalid_input(call.error().message);
  if (call->resource_owner.empty()) call->resource_owner = simulation.owner;
  const auto& policies = simulation.policies;
  const auto decision = guard::iam::evaluate(*call, policies);
  const bool allowed = decision.verdict == sdk::Verdict::Allow;
  boost::json::array statements;
  for (const auto& label : decision.deciding_statements)
    statements.push_back(shown_statement(label, policies));
  object shown{{"EvalActionName", action},
               {"EvalResourceName", resource},
               {"EvalDecision", allowed              ? "allowed"
                                : statements.empty() ? "implicitDeny"
                                                     : "explicitDeny"},
               {"MatchedStatements", std::move(statements)},
               {"MissingContextValues", missing_keys(*call, policies)}};
  if (!policies.boundary.empty()) {
    AppliedPolicies bounded{.identity = policies.boundary};
    const bool within = guard::iam::evaluate(*call, bounded).verdict == sdk::Verdict::Allow;
    shown["PermissionsBoundaryDecisionDetail"] = object{{"AllowedByPermissionsBoundary", within}};
  }
  return shown;
}

Answer answer_all(const Request& request, const Simulation& simulation) {
  struct Numbered {
    std::string key;
    object result;
  };
  std::vector<Numbered> results;
  for (const auto& action : simulation.actions) {
    for (const auto& resource : simulation.resources) {
      SX_TRY_AS(auto result, answer_one(simulation, action, resource));
      // In the order of the questions.
      results.push_back({std::to_string(1'000'000 + results.size()), std::move(result)});
    }
  }
  return page(
      request.parameters, "EvaluationResults", results, [](const auto& each) { return each.key; },
      [](const auto& each) { return each.result; });
}

}  // namespace

Answer simulate_custom_policy(const Request& request) {
  Simulation simulation;
  SX_TRY(take_questions(request, simulation));
  SX_TRY_AS(simulation.policies.identity, policies_of(request.parameters, "PolicyInputList"));
  if (simulation.policies.identity.empty()) SX_TRY(required(request.parameters, "PolicyInputList"));
  SX_TRY_AS(simulation.policies.boundary,
            policies_of(request.parameters, "PermissionsBoundaryPolicyInputList"));
  const auto nobody = "arn:aws:iam::" + request.parts.scope.account.text() + ":user/simulated";
  SX_TRY(take_caller(request, nobody, simulation));
  return answer_all(request, simulation);
}

Answer simulate_principal_policy(const Request& request) {
  Simulation simulation;
  SX_TRY(take_questions(request, simulation));
  const auto source = store::find_identity_by_arn(request.configuration, request.call.resource);
  if (source == nullptr)
    return no_such_entity("There is no user or role " + request.call.resource + ".");
  SX_TRY(take_caller(request, source->arn, simulation));
  // Whose policies they are is the source, whoever calls.
  sdk::Call asking;
  asking.scope = request.parts.scope;
  SX_TRY_AS(asking.principal, acting(request, *source));
  const auto applied = request.parts.policies.policies_for(asking);
  simulation.policies.identity = applied.identity;
  simulation.policies.boundary = applied.boundary;
  SX_TRY_AS(const auto more, policies_of(request.parameters, "PolicyInputList"));
  for (const auto& policy : more) simulation.policies.identity.push_back(policy);
  SX_TRY_AS(auto boundary, policies_of(request.parameters, "PermissionsBoundaryPolicyInputList"));
  if (!boundary.empty()) simulation.policies.boundary = std::move(boundary);
  return answer_all(request, simulation);
}

}  // namespace sextant::services::iam
