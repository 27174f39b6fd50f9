#include "guard/trusted_principals.h"

#include <algorithm>
#include <boost/json.hpp>
#include <functional>

#include "core/json.h"

namespace sextant::guard {
namespace {

using Visit = std::function<void(boost::json::string&)>;

void visit_names(boost::json::value& names, const Visit& visit) {
  if (auto* one = names.if_string()) return visit(*one);
  auto* list = names.if_array();
  if (list == nullptr) return;
  for (auto& name : *list) {
    if (auto* text = name.if_string()) visit(*text);
  }
}

void visit_statement(boost::json::value& statement, const Visit& visit) {
  auto* object = statement.if_object();
  if (object == nullptr) return;
  for (const char* element : {"Principal", "NotPrincipal"}) {
    auto* principals = object->if_contains(element);
    auto* kinds = principals != nullptr ? principals->if_object() : nullptr;
    if (kinds == nullptr) continue;
    if (auto* names = kinds->if_contains("AWS")) visit_names(*names, visit);
  }
}

// Every name under Principal.AWS of every statement.
void visit_principals(boost::json::value& document, const Visit& visit) {
  auto* object = document.if_object();
  auto* statements = object != nullptr ? object->if_contains("Statement") : nullptr;
  if (statements == nullptr) return;
  auto* list = statements->if_array();
  if (list == nullptr) return visit_statement(*statements, visit);
  for (auto& statement : *list) visit_statement(statement, visit);
}

bool is_user_or_role(std::string_view arn) {
  return arn.starts_with("arn:aws:iam::") && (arn.contains(":user/") || arn.contains(":role/"));
}

}  // namespace

std::vector<std::string> trusted_arns(std::string_view trust_policy) {
  std::vector<std::string> arns;
  auto document = json::parse(trust_policy);
  if (!document) return arns;
  visit_principals(*document, [&](const boost::json::string& name) {
    const std::string text(name);
    if (is_user_or_role(text) && std::ranges::find(arns, text) == arns.end()) arns.push_back(text);
  });
  return arns;
}

std::string with_names(std::string_view trust_policy,
                       const std::map<std::string, std::string>& names) {
  auto document = json::parse(trust_policy);
  if (names.empty() || !document) return std::string(trust_policy);
  visit_principals(*document, [&](boost::json::string& name) {
    const auto other = names.find(std::string(name));
    if (other != names.end()) name = other->second;
  });
  return json::to_text(*document);
}

}  // namespace sextant::guard
