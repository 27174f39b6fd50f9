#include "guard/iam/policy.h"

#include <algorithm>
#include <utility>

namespace sextant::guard::iam {

Naming Statement::principal_match(const sdk::Principal& principal) const {
  if (!principals) return Naming::Direct;
  if (!not_principal) return principals->names(principal);
  // The careful reading of both: a Deny spares only who is listed under every name it has, an Allow
  // admits only who is listed under none.
  const bool listed = effect == Effect::Deny ? principals->names_wholly(principal)
                                             : principals->names(principal) != Naming::None;
  return listed ? Naming::None : Naming::Direct;
}

bool Statement::speaks_of(std::string_view action) const {
  const bool named =
      std::ranges::any_of(actions, [&](const Pattern& pattern) { return pattern.matches(action); });
  return named != not_action;
}

void Statement::settle() {
  if (not_resource || resources.empty()) return;
  std::string_view common = resources.front().literal_start();
  for (const auto& resource : resources) {
    const auto start = resource.literal_start();
    const auto differ = std::ranges::mismatch(common, start).in1;
    common = common.substr(0, static_cast<std::size_t>(differ - common.begin()));
  }
  resource_start = std::string(common);
}

bool Statement::resource_match(const RequestView& request) const {
  if (!request.call().resource.starts_with(resource_start)) return false;
  if (resources.empty()) return true;
  const bool found = std::ranges::any_of(resources, [&](const ArnPattern& pattern) {
    return pattern.matches(request.call().resource, request.resource_parts(), request);
  });
  return found != not_resource;
}

Statement::Hit Statement::matches(const RequestView& request) const {
  Hit hit;
  if (!resource_match(request)) return hit;
  hit.naming = principal_match(request.call().principal);
  if (hit.naming == Naming::None) return hit;
  for (const auto& condition : conditions) {
    const auto match = condition.evaluate(request);
    if (match == Match::No) return hit;
    if (match == Match::Unknown) hit.doubtful = &condition;
  }
  hit.match = hit.doubtful == nullptr ? Match::Yes : Match::Unknown;
  return hit;
}

Policy::Policy(std::string name, std::vector<Statement> statements)
    : name_(std::move(name)), statements_(std::move(statements)) {
  for (std::uint32_t at = 0; at < statements_.size(); ++at) {
    const auto& statement = statements_[at];
    add_to_index(statement.effect == Effect::Deny ? denies_ : allows_, statement, at);
  }
}

Policy::Policy(std::string name, Error defect)
    : name_(std::move(name)), defect_(std::move(defect.message)) {}

void Policy::add_to_index(Index& index, const Statement& statement, std::uint32_t at) {
  const bool any_vendor = std::ranges::any_of(statement.actions, [](const Pattern& pattern) {
    return pattern.literal_start().find(':') == std::string_view::npos;
  });
  if (statement.not_action || any_vendor) {
    index.any_action.push_back(at);
    return;
  }
  for (const auto& action : statement.actions) {
    const auto start = action.literal_start();
    if (!action.has_wildcard()) {
      auto& exact = index.by_action[std::string(start)];
      if (exact.empty() || exact.back() != at) exact.push_back(at);
    } else {
      index.by_vendor[std::string(start.substr(0, start.find(':')))].emplace_back(action, at);
    }
  }
}

}  // namespace sextant::guard::iam
