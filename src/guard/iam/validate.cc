// Codes and judgements follow IAM Access Analyzer's policy checks:
// docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
#include "guard/iam/validate.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <span>
#include <utility>

#include "core/json.h"
#include "core/strings.h"
#include "core/suggest.h"
#include "guard/iam/statement_checks.h"

namespace sextant::guard::iam {
namespace {

using Path = std::vector<std::string>;

constexpr std::string_view kStatementElements[] = {"Sid",          "Effect",      "Principal",
                                                   "NotPrincipal", "Action",      "NotAction",
                                                   "Resource",     "NotResource", "Condition"};
constexpr std::string_view kOperators[] = {"StringEquals",
                                           "StringNotEquals",
                                           "StringEqualsIgnoreCase",
                                           "StringNotEqualsIgnoreCase",
                                           "StringLike",
                                           "StringNotLike",
                                           "NumericEquals",
                                           "NumericNotEquals",
                                           "NumericLessThan",
                                           "NumericLessThanEquals",
                                           "NumericGreaterThan",
                                           "NumericGreaterThanEquals",
                                           "DateEquals",
                                           "DateNotEquals",
                                           "DateLessThan",
                                           "DateLessThanEquals",
                                           "DateGreaterThan",
                                           "DateGreaterThanEquals",
                                           "Bool",
                                           "BinaryEquals",
                                           "IpAddress",
                                           "NotIpAddress",
                                           "ArnEquals",
                                           "ArnNotEquals",
                                           "ArnLike",
                                           "ArnNotLike",
                                           "Null"};

std::string_view view(boost::json::string_view text) { return {text.data(), text.size()}; }

std::string suggestion(std::string_view word, std::span<const std::string_view> known) {
  return did_you_mean(word, {known.begin(), known.end()});
}

// "Condition: StringEqals: unknown …" begins with where it is; that goes into the path.
Finding grammar_finding(const GrammarDefect& defect) {
  Finding finding{.code = "MalformedPolicyDocument",
                  .path = defect.path,
                  .message = defect.message,
                  .at = defect.at};
  auto& message = finding.message;
  const auto take = [&] {
    const auto colon = message.find(": ");
    if (colon == std::string::npos || message.substr(0, colon).contains(' ')) return std::string();
    auto word = message.substr(0, colon);
    message.erase(0, colon + 2);
    return word;
  };
  if (defect.path.empty()) return finding;
  const auto element = take();
  if (element.empty()) return finding;
  finding.path.push_back(element);
  if (std::ranges::find(kStatementElements, element) == std::end(kStatementElements)) {
    finding.hint = suggestion(element, kStatementElements);
    message = "'" + element + "': " + message;
  }
  if (element != "Condition") return finding;
  if (auto name = take(); !name.empty()) finding.path.push_back(std::move(name));
  if (message.contains("unknown condition operator"))
    finding.hint = suggestion(finding.path.back(), kOperators);
  return finding;
}

std::string sid_of(const json::Value& statement) {
  const auto* object = statement.if_object();
  return object == nullptr ? std::string() : json::text_or(*object, "Sid");
}

struct Statements {
  std::vector<std::pair<Path, const json::Value*>> list;
  bool variables = false;
};

Statements statements_of(const json::Value& document) {
  Statements found;
  const auto* object = document.if_object();
  if (object == nullptr) return found;
  found.variables = json::text_or(*object, "Version") == "2012-10-17";
  const auto* statement = json::find(*object, "Statement");
  if (statement == nullptr) return found;
  if (const auto* list = statement->if_array()) {
    for (std::size_t i = 0; i < list->size(); ++i)
      found.list.push_back({{"Statement", std::to_string(i)}, &(*list)[i]});
  } else {
    found.list.push_back({{"Statement"}, statement});
  }
  return found;
}

bool has_variable(const json::Value& value) {
  if (const auto* text = value.if_string()) return view(*text).contains("${");
  if (const auto* list = value.if_array()) return std::ranges::any_of(*list, has_variable);
  const auto* object = value.if_object();
  return object != nullptr && std::ranges::any_of(*object, [](const auto& member) {
           return has_variable(member.value());
         });
}

bool stands_in(const Finding& finding, const Path& path) {
  return finding.path.size() >= path.size() &&
         std::equal(path.begin(), path.end(), finding.path.begin());
}

// The findings of one statement whose form is right.
std::vector<Finding> meaning_of(const Path& path, const json::Value& statement, bool variables,
                                PolicyKind kind) {
  if (!statement.is_object()) return {};
  auto findings = check_statement(statement.get_object(), kind, variables);
  for (auto& finding : findings)
    finding.path.insert(finding.path.begin(), path.begin(), path.end());
  if (variables || !has_variable(statement)) return findings;
  findings.push_back({.severity = Severity::Warning,
                      .code = "VariablesInOldVersion",
                      .path = path,
                      .message = "\"${…}\" is plain text here: only version 2012-10-17 has "
                                 "policy variables",
                      .hint = "write \"Version\": \"2012-10-17\""});
  return findings;
}

void add_meaning(const Path& path, const json::Value& statement, bool variables, PolicyKind kind,
                 std::vector<Finding>& findings) {
  const auto here = [&path](const Finding& finding) { return stands_in(finding, path); };
  // What has no form has no meaning to check.
  if (std::ranges::none_of(findings, here)) {
    for (auto& finding : meaning_of(path, statement, variables, kind))
      findings.push_back(std::move(finding));
  }
  const auto sid = sid_of(statement);
  for (auto& finding : findings) {
    if (here(finding)) finding.sid = sid;
  }
}

bool is_control(PolicyKind kind) {
  return kind == PolicyKind::ServiceControl || kind == PolicyKind::ResourceControl;
}

std::optional<Finding> size_finding(std::string_view document, PolicyKind kind) {
  const auto size = is_control(kind) ? document.size() : counted_size(document);
  if (size <= size_max(kind)) return std::nullopt;
  return Finding{.code = "PolicySizeExceeded",
                 .path = {},
                 .message = "Maximum policy size of " + std::to_string(size_max(kind)) +
                            " bytes exceeded: this has " + std::to_string(size) +
                            (is_control(kind) ? "" : " without white space")};
}

// Whether it is what AWS itself attaches, which no other rule is asked of.
bool is_full_access(const json::Value& document, PolicyKind kind) {
  const auto own = full_access_policy(kind == PolicyKind::ResourceControl ? "RCPFullAWSAccess"
                                                                          : "FullAWSAccess");
  const auto value = json::parse(*own);
  return value && *value == document;
}

// Without it a variable would be plain text: AWS wants it written there.
Finding version_finding() {
  return Finding{.code = "MissingVersion",
                 .path = {"Version"},
                 .message = "a control policy says \"Version\": \"2012-10-17\"",
                 .hint = "add it"};
}

}  // namespace

std::optional<std::string_view> full_access_policy(std::string_view name) {
  if (name == "FullAWSAccess") {
    return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
  }
  if (name != "RCPFullAWSAccess") return std::nullopt;
  return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*",)"
         R"("Resource":"*"}]})";
}

PolicyUse use_of(PolicyKind kind) {
  switch (kind) {
    case PolicyKind::Trust: return PolicyUse::Trust;
    case PolicyKind::Bucket:
    case PolicyKind::Resource:
    case PolicyKind::ResourceControl: return PolicyUse::Resource;
    default: return PolicyUse::Identity;
  }
}

std::size_t size_max(PolicyKind kind) {
  switch (kind) {
    case PolicyKind::RoleInline: return 10'240;
    case PolicyKind::UserInline:
    case PolicyKind::Trust:
    case PolicyKind::Session: return 2'048;
    case PolicyKind::Managed:
    case PolicyKind::Boundary: return 6'144;
    case PolicyKind::ServiceControl:
    case PolicyKind::ResourceControl: return 5'120;
    case PolicyKind::Bucket:
    case PolicyKind::Resource: return 20'480;
  }
  return 0;
}

std::size_t counted_size(std::string_view document) {
  const auto blanks = std::ranges::count_if(
      document, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
  return document.size() - static_cast<std::size_t>(blanks);
}

std::string path_text(const Path& path) {
  std::string text;
  for (const auto& step : path) {
    const bool index = !step.empty() && step.find_first_not_of("0123456789") == std::string::npos;
    if (index) {
      text += "[" + step + "]";
    } else {
      text += (text.empty() ? "" : ".") + step;
    }
  }
  return text;
}

std::vector<Finding> validate(std::string_view document, PolicyKind kind) {
  std::vector<Finding> findings;
  for (const auto& defect : grammar_defects(document, use_of(kind)))
    findings.push_back(grammar_finding(defect));
  if (auto finding = size_finding(document, kind)) findings.push_back(std::move(*finding));
  // Of the whole document: what it holds is not looked at then, so the work is bounded.
  if (std::ranges::any_of(findings, [](const Finding& each) { return each.path.empty(); }))
    return findings;
  const auto value = json::parse(document);
  if (!value) return findings;
  if (is_control(kind) && is_full_access(*value, kind)) return findings;
  const auto statements = statements_of(*value);
  if (is_control(kind) && !statements.variables) findings.push_back(version_finding());
  for (const auto& [path, statement] : statements.list)
    add_meaning(path, *statement, statements.variables, kind, findings);
  return findings;
}

}  // namespace sextant::guard::iam
