#include "guard/iam/statement_checks.h"

#include <boost/json/object.hpp>
#include <utility>

#include "guard/iam/kind_checks.h"
#include "guard/iam/name_checks.h"
#include "guard/iam/resource_check.h"
#include "guard/iam/risk_checks.h"
#include "guard/iam/statement_view.h"

namespace sextant::guard::iam {
namespace {

void check_resources(const StatementView& statement, std::vector<Finding>& findings) {
  ResourceCheck check;
  for (const auto* element : {"Resource", "NotResource"}) {
    for (const auto& resource : statement.texts(element)) {
      for (auto& finding : check.look_at(resource.text)) {
        finding.path = resource.path;
        findings.push_back(std::move(finding));
      }
    }
  }
  if (statement.texts("Resource").empty()) return;
  for (const auto& action : statement.actions) {
    auto problem = check.problem_of(action.text);
    if (!problem.empty())
      findings.push_back(warning_at(action.path, "ActionWithoutResource", std::move(problem)));
  }
}

}  // namespace

std::vector<Finding> check_statement(const boost::json::object& statement, PolicyKind kind,
                                     bool variables) {
  const StatementView view(statement, kind, variables);
  std::vector<Finding> findings;
  check_kind(view, findings);
  check_names(view, findings);
  check_resources(view, findings);
  check_risks(view, findings);
  return findings;
}

}  // namespace sextant::guard::iam
