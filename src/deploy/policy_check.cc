#include "deploy/policy_check.h"

#include "guard/iam/validate.h"

namespace sextant::deploy {
namespace {

guard::iam::PolicyKind kind_of(templates::PolicyUse use) {
  using guard::iam::PolicyKind;
  switch (use) {
    case templates::PolicyUse::Identity: return PolicyKind::RoleInline;
    case templates::PolicyUse::Managed: return PolicyKind::Managed;
    case templates::PolicyUse::Resource: return PolicyKind::Bucket;
    case templates::PolicyUse::Trust: return PolicyKind::Trust;
  }
  return PolicyKind::RoleInline;
}

}  // namespace

std::vector<templates::PolicyFinding> check_policy(std::string_view document,
                                                   templates::PolicyUse use) {
  std::vector<templates::PolicyFinding> findings;
  for (auto& finding : guard::iam::validate(document, kind_of(use))) {
    const auto who = finding.sid.empty() ? std::string() : "statement " + finding.sid + ": ";
    findings.push_back({.warning = finding.severity == guard::iam::Severity::Warning,
                        .form = finding.code == "MalformedPolicyDocument",
                        .path = std::move(finding.path),
                        .message = who + finding.message,
                        .hint = std::move(finding.hint)});
  }
  return findings;
}

}  // namespace sextant::deploy
