#include "guard/iam/risk_checks.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "core/json.h"
#include "core/strings.h"
#include "guard/iam/pattern.h"

namespace sextant::guard::iam {
namespace {

struct OpenElement {
  const char* name;
  const char* code;
  const char* message;
  const char* hint;
};
constexpr OpenElement kOpenElements[] = {
    {"NotResource", "AllowWithNotResource",
     "Allow with NotResource allows the actions on every resource that is not listed, those to "
     "come included",
     "list what is allowed under Resource"},
    {"NotAction", "AllowWithNotAction",
     "Allow with NotAction allows every action that is not listed, those of services to come "
     "included",
     "list what is allowed under Action"},
    {"NotPrincipal", "AllowWithNotPrincipal",
     "Allow with NotPrincipal allows everybody who is not listed, anonymous callers included",
     "list who is allowed under Principal"},
};

void check_pass_role(const StatementView& statement, std::vector<Finding>& findings) {
  if (statement.limited_by("iam:PassedToService")) return;
  const auto wide = statement.has("NotResource") ||
                    std::ranges::any_of(statement.texts("Resource"), [](const Text& each) {
                      return each.text.find_first_of("*?") != std::string::npos;
                    });
  if (!wide) return;
  for (const auto& action : statement.actions) {
    if (!make_pattern(to_lower(action.text)).matches("iam:passrole")) continue;
    findings.push_back(
        warning_at(action.path, "PassRoleWithWildcard",
                   "iam:PassRole on a resource with a wildcard lets any such role be given to "
                   "any service",
                   "name the role, or add the condition key iam:PassedToService"));
    return;
  }
}

void check_service_principal(const StatementView& statement, std::vector<Finding>& findings) {
  if (statement.kind != PolicyKind::Bucket && statement.kind != PolicyKind::Resource) return;
  const auto* principal = statement.find("Principal");
  if (principal == nullptr || !principal->is_object()) return;
  if (json::find(principal->get_object(), "Service") == nullptr) return;
  for (const auto* key :
       {"aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"}) {
    if (statement.limited_by(key)) return;
  }
  findings.push_back(
      warning_at({"Principal"}, "ServicePrincipalWithoutSource",
                 "a service may do this for anybody: it can be made a confused deputy",
                 "add a condition on aws:SourceArn and aws:SourceAccount"));
}

void check_for_all_values(const StatementView& statement, std::vector<Finding>& findings) {
  for (const auto& key : statement.keys) {
    if (!to_lower(key.operator_name).starts_with("forallvalues:")) continue;
    if (statement.requires_key(key.name)) continue;
    findings.push_back(
        warning_at(key.path, "ForAllValuesWithAllow",
                   "ForAllValues is true when the request has no " + key.name,
                   "use ForAnyValue, or add \"Null\": {\"" + key.name + "\": \"false\"}"));
  }
}

}  // namespace

void check_risks(const StatementView& statement, std::vector<Finding>& findings) {
  if (!statement.allows) return;
  check_pass_role(statement, findings);
  for (const auto& [name, code, message, hint] : kOpenElements) {
    if (statement.has(name)) findings.push_back(warning_at({name}, code, message, hint));
  }
  check_service_principal(statement, findings);
  check_for_all_values(statement, findings);
}

}  // namespace sextant::guard::iam
