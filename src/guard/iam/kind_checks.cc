// Rules: docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
// and orgs_manage_policies_rcps_syntax.html. Service control policies have the whole language of
// identity policies since September 2025.
#include "guard/iam/kind_checks.h"

#include <algorithm>
#include <boost/json/value.hpp>
#include <iterator>

#include "core/json.h"
#include "core/strings.h"
#include "guard/iam/organisation.h"

namespace sextant::guard::iam {
namespace {

bool is_word(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9');
  });
}

// Policies of resources may have others (S3's own examples do).
void check_sid(const StatementView& statement, std::vector<Finding>& findings) {
  if (statement.kind == PolicyKind::Bucket || statement.kind == PolicyKind::Resource) return;
  if (is_word(json::text_or(statement.json, "Sid"))) return;
  findings.push_back(error_at({"Sid"}, "InvalidSid",
                              "Statement IDs (SID) must be alpha-numeric. Check that your input "
                              "satisfies the regular expression [0-9A-Za-z]*"));
}

void check_trust(const StatementView& statement, std::vector<Finding>& findings) {
  auto named = statement.texts("NotAction");
  std::ranges::copy_if(statement.actions, std::back_inserter(named), [](const Text& action) {
    return !to_lower(action.text).starts_with("sts:");
  });
  if (named.empty()) return;
  findings.push_back(error_at(named.front().path, "InvalidTrustAction",
                              "AssumeRole policy may only specify STS AssumeRole actions."));
}

void check_resource_control(const StatementView& statement, std::vector<Finding>& findings) {
  const auto refuse = [&](Path path, std::string message, std::string hint) {
    findings.push_back(
        error_at(std::move(path), "RcpSyntaxError", std::move(message), std::move(hint)));
  };
  if (statement.allows) {
    refuse({"Effect"}, "a resource control policy only denies; RCPFullAWSAccess alone allows",
           "write \"Deny\"");
  }
  for (const char* element : {"NotPrincipal", "NotAction"}) {
    if (!statement.has(element)) continue;
    refuse({element}, std::string("a resource control policy has no ") + element,
           std::string("use ") + (element + 3) + " and a condition");
  }
  const auto* principal = statement.find("Principal");
  const auto* text = principal == nullptr ? nullptr : principal->if_string();
  if (principal != nullptr && (text == nullptr || *text != "*")) {
    refuse({"Principal"}, "the Principal of a resource control policy is \"*\"",
           "say whom it means by a condition, like aws:PrincipalOrgID");
  }
  for (const auto& action : statement.actions) {
    const auto service = action.text.substr(0, action.text.find(':'));
    if (action.text == "*" || action.text == "*:*") {
      refuse(action.path, "an action of a resource control policy names its service",
             "write the services out, like \"s3:*\"");
    } else if (!has_resource_control(service)) {
      findings.push_back(warning_at(action.path, "RcpWithoutEffect",
                                    "resource control policies do not bind actions of " + service,
                                    "use a policy of the resource, or a service control policy"));
    }
  }
}

}  // namespace

void check_kind(const StatementView& statement, std::vector<Finding>& findings) {
  check_sid(statement, findings);
  if (statement.kind == PolicyKind::Trust) check_trust(statement, findings);
  if (statement.kind == PolicyKind::ResourceControl) check_resource_control(statement, findings);
}

}  // namespace sextant::guard::iam
