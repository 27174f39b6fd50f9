#include "guard/iam/statement_checks.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <set>
#include <utility>

#include "core/json.h"
#include "core/strings.h"
#include "core/suggest.h"
#include "guard/iam/pattern.h"
#include "guard/iam/resource_check.h"
#include "guard/iam/service_data.h"

namespace sextant::guard::iam {
namespace {

using Path = std::vector<std::string>;
using boost::json::object;

std::string_view view(boost::json::string_view text) { return {text.data(), text.size()}; }

struct Text {
  Path path;
  std::string text;
};

// The strings of an element that is one or a list of them.
std::vector<Text> texts_of(const object& statement, std::string_view name) {
  std::vector<Text> texts;
  const auto* value = json::find(statement, name);
  if (value == nullptr) return texts;
  if (const auto* text = value->if_string())
    texts.push_back({{std::string(name)}, std::string(view(*text))});
  if (const auto* list = value->if_array()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (const auto* text = (*list)[i].if_string())
        texts.push_back({{std::string(name), std::to_string(i)}, std::string(view(*text))});
    }
  }
  return texts;
}

struct Key {
  Path path;  // "Condition", operator, key
  std::string operator_name;
  std::string name;
};

std::vector<Key> keys_of(const object& statement) {
  std::vector<Key> keys;
  const auto* condition = json::find(statement, "Condition");
  if (condition == nullptr || !condition->is_object()) return keys;
  for (const auto& [operator_name, members] : condition->get_object()) {
    if (!members.is_object()) continue;
    for (const auto& member : members.get_object()) {
      std::string name(view(member.key()));
      keys.push_back({{"Condition", std::string(view(operator_name)), name},
                      std::string(view(operator_name)),
                      name});
    }
  }
  return keys;
}

template <typename Known>
std::vector<std::string_view> names_of(const std::vector<Known>& known) {
  std::vector<std::string_view> names;
  for (const auto& each : known) names.push_back(each.name);
  return names;
}

class StatementCheck {
 public:
  StatementCheck(const object& statement, PolicyKind kind)
      : statement_(statement),
        kind_(kind),
        allows_(json::text_or(statement, "Effect") == "Allow"),
        actions_(texts_of(statement, "Action")),
        keys_(keys_of(statement)) {}

  std::vector<Finding> run() {
    for (const auto& action : actions_) check_action(action);
    for (const auto& action : texts_of(statement_, "NotAction")) check_action(action);
    for (const auto& key : keys_) check_key(key);
    check_resources();
    if (allows_) warn();
    return std::move(findings_);
  }

 private:
  void error(std::string code, Path path, std::string message, std::string hint) {
    findings_.push_back({.code = std::move(code),
                         .path = std::move(path),
                         .message = std::move(message),
                         .hint = std::move(hint)});
  }
  void warning(std::string code, Path path, std::string message, std::string hint = {}) {
    findings_.push_back({.severity = Severity::Warning,
                         .code = std::move(code),
                         .path = std::move(path),
                         .message = std::move(message),
                         .hint = std::move(hint)});
  }

  static std::string prefix_of(const std::string& name) {
    return to_lower(name.substr(0, name.find(':')));
  }
  static bool is_prefix(std::string_view prefix) {
    return std::ranges::binary_search(ServiceData::get().prefixes(), prefix);
  }

  void check_action(const Text& action) {
    if (action.text == "*" || action.text == "*:*") return;
    const auto prefix = prefix_of(action.text);
    if (!is_prefix(prefix)) {
      return error("InvalidServiceInAction", action.path,
                   "the service '" + prefix + "' of action " + action.text + " does not exist",
                   did_you_mean(prefix, ServiceData::get().prefixes()));
    }
    const auto* service = ServiceData::get().find(prefix);
    if (service == nullptr) return;
    const auto name = action.text.substr(action.text.find(':') + 1);
    const auto pattern = make_pattern(to_lower(name));
    const bool known = std::ranges::any_of(service->actions, [&](const KnownAction& each) {
      return pattern.matches(to_lower(each.name));
    });
    if (known) return;
    error("InvalidAction", action.path, "the action " + action.text + " does not exist",
          did_you_mean(name, names_of(service->actions)));
  }

  void check_key(const Key& key) {
    const auto colon = key.name.find(':');
    if (colon == std::string::npos) {
      return error("InvalidConditionKey", key.path,
                   "the condition key " + key.name + " names no service",
                   did_you_mean("aws:" + key.name, names_of(ServiceData::get().global_keys())));
    }
    const auto prefix = prefix_of(key.name);
    const auto* service = ServiceData::get().find(prefix);
    if (prefix == "aws") return check_known(key, ServiceData::get().global_keys());
    if (service != nullptr) return check_known(key, service->keys);
    // Keys of identity providers, and of services whose keys are not known here.
    const bool federated = prefix.contains('.') || prefix == "saml" || prefix == "ldap";
    if (federated || is_prefix(prefix) || prefix == "identitycenter") return;
    error("InvalidConditionKey", key.path,
          "the service '" + prefix + "' of condition key " + key.name + " does not exist",
          did_you_mean(prefix, ServiceData::get().prefixes()));
  }
  void check_known(const Key& key, const std::vector<KnownKey>& known) {
    if (std::ranges::any_of(known, [&](const KnownKey& each) { return is_key(each, key.name); }))
      return;
    error("InvalidConditionKey", key.path, "the condition key " + key.name + " does not exist",
          did_you_mean(key.name, names_of(known)));
  }

  void check_resources() {
    const auto resources = texts_of(statement_, "Resource");
    ResourceCheck check;
    for (const auto* list : {"Resource", "NotResource"}) {
      for (const auto& resource : texts_of(statement_, list)) {
        for (auto& finding : check.look_at(resource.text)) {
          finding.path = resource.path;
          findings_.push_back(std::move(finding));
        }
      }
    }
    if (resources.empty()) return;
    for (const auto& action : actions_) {
      auto problem = check.problem_of(action.text);
      if (!problem.empty()) warning("ActionWithoutResource", action.path, std::move(problem));
    }
  }

  bool has_key(std::string_view name) const {
    return std::ranges::any_of(keys_, [&](const Key& key) { return iequals(key.name, name); });
  }

  void warn() {
    warn_of_pass_role();
    if (json::find(statement_, "NotAction") != nullptr) {
      warning("AllowWithNotAction", {"NotAction"},
              "Allow with NotAction allows every action that is not listed, those of services to "
              "come included",
              "list what is allowed under Action");
    }
    if (json::find(statement_, "NotPrincipal") != nullptr) {
      warning("AllowWithNotPrincipal", {"NotPrincipal"},
              "Allow with NotPrincipal allows everybody who is not listed, anonymous callers "
              "included",
              "list who is allowed under Principal");
    }
    warn_of_service_principal();
    warn_of_for_all_values();
  }

  void warn_of_pass_role() {
    if (has_key("iam:PassedToService")) return;
    const auto wide = std::ranges::any_of(texts_of(statement_, "Resource"),
                                          [](const Text& each) { return each.text.contains('*'); });
    if (!wide) return;
    for (const auto& action : actions_) {
      if (!make_pattern(to_lower(action.text)).matches("iam:passrole")) continue;
      return warning("PassRoleWithWildcard", action.path,
                     "iam:PassRole on a resource with a wildcard lets any such role be given to "
                     "any service",
                     "name the role, or add the condition key iam:PassedToService");
    }
  }

  void warn_of_service_principal() {
    if (kind_ != PolicyKind::Bucket && kind_ != PolicyKind::Resource) return;
    const auto* principal = json::find(statement_, "Principal");
    if (principal == nullptr || !principal->is_object()) return;
    if (json::find(principal->get_object(), "Service") == nullptr) return;
    for (const auto* key :
         {"aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"}) {
      if (has_key(key)) return;
    }
    warning("ServicePrincipalWithoutSource", {"Principal"},
            "a service may do this for anybody: it can be made a confused deputy",
            "add a condition on aws:SourceArn and aws:SourceAccount");
  }

  void warn_of_for_all_values() {
    for (const auto& key : keys_) {
      if (!to_lower(key.operator_name).starts_with("forallvalues:")) continue;
      const bool required = std::ranges::any_of(keys_, [&](const Key& other) {
        return iequals(other.operator_name, "Null") && iequals(other.name, key.name);
      });
      if (required) continue;
      warning("ForAllValuesWithAllow", key.path,
              "ForAllValues is true when the request has no " + key.name,
              "use ForAnyValue, or add \"Null\": {\"" + key.name + "\": \"false\"}");
    }
  }

  const object& statement_;
  const PolicyKind kind_;
  const bool allows_;
  const std::vector<Text> actions_;
  const std::vector<Key> keys_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check_statement(const object& statement, PolicyKind kind) {
  return StatementCheck(statement, kind).run();
}

}  // namespace sextant::guard::iam
