#include "guard/iam/principal_set.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "core/strings.h"
#include "guard/iam/request_view.h"

namespace sextant::guard::iam {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

bool is_account(std::string_view text) { return text.size() == 12 && parse_u64(text).has_value(); }

bool is_unique_id(std::string_view text) {
  return text.size() >= 16 && (text.starts_with("AIDA") || text.starts_with("AROA")) &&
         std::ranges::all_of(
             text, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

std::string_view role_id(const sdk::Principal& principal) {
  return std::string_view(principal.principal_id).substr(0, principal.principal_id.find(':'));
}

std::unexpected<Error> invalid(const std::string& text) {
  return fail(Code::Invalid, "Invalid principal in policy: \"" + text.substr(0, 200) + "\"");
}

}  // namespace

Result<PrincipalSet> PrincipalSet::parse(const boost::json::value& value) {
  PrincipalSet set;
  if (const auto* text = value.if_string()) {
    if (*text != "*") return invalid(std::string(text->data(), text->size()));
    set.everyone_ = true;
    return set;
  }
  const auto* object = value.if_object();
  if (object == nullptr || object->empty()) {
    return fail(Code::Invalid, "Principal must be \"*\" or an object of principals");
  }
  for (const auto& [kind, names] : *object) {
    const auto add = [&set, kind = std::string_view(kind.data(), kind.size())](
                         const boost::json::value& name) -> Result<> {
      const auto* text = name.if_string();
      if (text == nullptr) return fail(Code::Invalid, "a principal must be a string");
      return set.add(kind, std::string(text->data(), text->size()));
    };
    const auto* list = names.if_array();
    if (list == nullptr) {
      SX_TRY(add(names));
      continue;
    }
    for (const auto& name : *list) SX_TRY(add(name));
  }
  return set;
}

Result<> PrincipalSet::add(std::string_view kind, const std::string& text) {
  if (kind == "AWS") return add_aws(text);
  if (text.empty() || text.find_first_of("*?") != std::string::npos) return invalid(text);
  if (kind == "Service") {
    services_.push_back(text);
    return {};
  }
  // This node has neither web identities nor canonical users: such a principal is nobody here.
  if (kind == "Federated" || kind == "CanonicalUser") return {};
  return fail(Code::Invalid, "unknown kind of principal \"" + std::string(kind) + "\"");
}

Result<> PrincipalSet::add_aws(const std::string& text) {
  if (text == "*") {
    everyone_ = true;
    return {};
  }
  if (is_account(text)) {
    accounts_.push_back(text);
    return {};
  }
  if (is_unique_id(text)) {
    unique_ids_.push_back(text);
    return {};
  }
  std::array<std::string_view, 6> parts;
  const bool is_arn = split_arn(text, parts) && parts[0] == "arn" && parts[1].starts_with("aws") &&
                      (parts[2] == "iam" || parts[2] == "sts") && parts[3].empty() &&
                      is_account(parts[4]) && !parts[5].empty();
  if (!is_arn || text.find_first_of("*?") != std::string::npos) return invalid(text);
  if (parts[5] == "root") {
    accounts_.emplace_back(parts[4]);
  } else {
    arns_.push_back(text);
  }
  return {};
}

bool PrincipalSet::has_account(const sdk::Principal& principal) const {
  return contains(accounts_, principal.account.text());
}

Naming PrincipalSet::names(const sdk::Principal& principal) const {
  if (everyone_) return Naming::Direct;
  switch (principal.kind) {
    case sdk::PrincipalKind::Anonymous: return Naming::None;
    case sdk::PrincipalKind::Service:
      return contains(services_, principal.service) ? Naming::Direct : Naming::None;
    case sdk::PrincipalKind::Root: break;
    case sdk::PrincipalKind::User:
      if (contains(arns_, principal.arn) || contains(unique_ids_, principal.principal_id)) {
        return Naming::Direct;
      }
      break;
    case sdk::PrincipalKind::AssumedRole:
      if (contains(arns_, principal.arn)) return Naming::Direct;
      if (contains(arns_, principal.role_arn) || contains(unique_ids_, role_id(principal))) {
        return Naming::Role;
      }
      break;
  }
  return has_account(principal) ? Naming::Account : Naming::None;
}

bool PrincipalSet::names_wholly(const sdk::Principal& principal) const {
  if (everyone_) return true;
  switch (principal.kind) {
    case sdk::PrincipalKind::Anonymous: return false;
    case sdk::PrincipalKind::Service: return contains(services_, principal.service);
    case sdk::PrincipalKind::Root: return has_account(principal);
    case sdk::PrincipalKind::User:
      return has_account(principal) &&
             (contains(arns_, principal.arn) || contains(unique_ids_, principal.principal_id));
    case sdk::PrincipalKind::AssumedRole:
      return has_account(principal) && contains(arns_, principal.arn) &&
             (contains(arns_, principal.role_arn) || contains(unique_ids_, role_id(principal)));
  }
  return false;
}

}  // namespace sextant::guard::iam
