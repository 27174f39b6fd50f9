#include "guard/iam/statement_checks.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <set>
#include <utility>

#include "core/json.h"
#include "core/strings.h"
#include "core/suggest.h"
#include "guard/iam/pattern.h"
#include "guard/iam/resource_check.h"
#include "guard/iam/service_data.h"
#include "guard/iam/supplied_keys.h"

namespace sextant::guard::iam {
namespace {

using Path = std::vector<std::string>;
using boost::json::object;

std::string_view view(boost::json::string_view text) { return {text.data(), text.size()}; }

struct Text {
  Path path;
  std::string text;
};

// The strings of a value, with the path to each.
void each_text(const json::Value& value, Path path,
               const std::function<void(const Path&, std::string_view)>& visit) {
  if (const auto* text = value.if_string()) return visit(path, view(*text));
  if (const auto* list = value.if_array()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (const auto* text = (*list)[i].if_string()) {
        path.push_back(std::to_string(i));
        visit(path, view(*text));
        path.pop_back();
      }
    }
  }
}

// The strings of an element that is one or a list of them.
std::vector<Text> texts_of(const object& statement, std::string_view name) {
  std::vector<Text> texts;
  if (const auto* value = json::find(statement, name)) {
    each_text(*value, {std::string(name)}, [&](const Path& path, std::string_view text) {
      texts.push_back({path, std::string(text)});
    });
  }
  return texts;
}

struct Key {
  Path path;  // "Condition", operator, key
  std::string operator_name;
  std::string name;
  const json::Value* values;

  // Whether the condition holds only for requests that have the key with such a value.
  bool limits() const {
    const auto kind = to_lower(operator_name);
    return !kind.contains("not") && kind != "null";
  }
};

// {"Null": {key: "false"}}: the request must have the key.
bool requires_presence(const Key& key) {
  if (!iequals(key.operator_name, "Null")) return false;
  const auto is_false = [](const json::Value& value) {
    if (const auto* flag = value.if_bool()) return !*flag;
    const auto* text = value.if_string();
    return text != nullptr && iequals(view(*text), "false");
  };
  const auto* list = key.values->if_array();
  if (list == nullptr) return is_false(*key.values);
  return !list->empty() && std::ranges::all_of(*list, is_false);
}

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
                      name,
                      &member.value()});
    }
  }
  return keys;
}

// Labels of service principals that are no action's prefix.
constexpr std::string_view kOtherServices[] = {"ecs-tasks",      "edgelambda",     "monitoring",
                                               "spotfleet",      "vpc-flow-logs",  "opsworks",
                                               "billingreports", "transitgateway", "replicator"};
constexpr std::string_view kServiceSuffix = ".amazonaws.com";

template <typename Known>
std::vector<std::string_view> names_of(const std::vector<Known>& known) {
  std::vector<std::string_view> names;
  for (const auto& each : known) names.push_back(each.name);
  return names;
}

class StatementCheck {
 public:
  StatementCheck(const object& statement, PolicyKind kind, bool variables)
      : statement_(statement),
        kind_(kind),
        variables_(variables),
        allows_(json::text_or(statement, "Effect") == "Allow"),
        actions_(texts_of(statement, "Action")),
        keys_(keys_of(statement)) {}

  std::vector<Finding> run() {
    check_sid();
    check_trust();
    for (const auto& action : actions_) check_action(action);
    for (const auto& action : texts_of(statement_, "NotAction")) check_action(action);
    for (const auto& key : keys_) check_key(key);
    check_resources();
    if (variables_) check_variables();
    check_services();
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

  // Policies of resources may have others (S3's own examples do).
  void check_sid() {
    if (kind_ == PolicyKind::Bucket || kind_ == PolicyKind::Resource) return;
    const auto sid = json::text_or(statement_, "Sid");
    const bool fine = std::ranges::all_of(sid, [](char c) {
      return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9');
    });
    if (fine) return;
    error("InvalidSid", {"Sid"},
          "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular "
          "expression [0-9A-Za-z]*",
          {});
  }

  void check_trust() {
    if (kind_ != PolicyKind::Trust) return;
    auto named = texts_of(statement_, "NotAction");
    std::ranges::copy_if(actions_, std::back_inserter(named), [](const Text& action) {
      return !to_lower(action.text).starts_with("sts:");
    });
    if (named.empty()) return;
    error("InvalidTrustAction", named.front().path,
          "AssumeRole policy may only specify STS AssumeRole actions.", {});
  }

  void check_variables() {
    const auto look = [this](const Path& path, std::string_view text) {
      for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
        const auto rest = text.substr(at + 2);
        check_variable(path, trim(rest.substr(0, rest.find_first_of(",}"))));
      }
    };
    for (const char* element : {"Resource", "NotResource"}) {
      if (const auto* value = json::find(statement_, element)) each_text(*value, {element}, look);
    }
    for (const auto& key : keys_) each_text(*key.values, key.path, look);
  }
  void check_variable(const Path& path, std::string_view name) {
    if (name == "*" || name == "?" || name == "$") return;
    const auto prefix = prefix_of(std::string(name));
    const auto* service = ServiceData::get().find(prefix);
    const bool plain = !name.contains(':');
    if (!plain && prefix != "aws" && service == nullptr) return;  // of an identity provider
    const auto& known = plain || prefix == "aws" ? ServiceData::get().global_keys() : service->keys;
    if (std::ranges::any_of(known, [&](const KnownKey& each) { return is_key(each, name); }))
      return;
    warning("UnknownVariable", path,
            "there is no policy variable ${" + std::string(name) +
                "}: where it stands the statement matches nothing",
            did_you_mean(plain ? "aws:" + std::string(name) : name, names_of(known)));
  }

  void check_services() {
    for (const char* element : {"Principal", "NotPrincipal"}) {
      const auto* principal = json::find(statement_, element);
      if (principal == nullptr || !principal->is_object()) continue;
      const auto* services = json::find(principal->get_object(), "Service");
      if (services == nullptr) continue;
      each_text(*services, {element, "Service"},
                [this](const Path& path, std::string_view name) { check_service(path, name); });
    }
  }
  void check_service(const Path& path, std::string_view name) {
    const auto label = name.substr(0, name.find('.'));
    const bool own_suffix = name.substr(label.size()) == kServiceSuffix;
    if (!own_suffix && (name.ends_with(kServiceSuffix) || name.ends_with(".amazonaws.com.cn") ||
                        name.ends_with(".aws.internal")))
      return;  // of a region, or a part of a service
    const bool known =
        is_prefix(label) || std::ranges::find(kOtherServices, label) != std::end(kOtherServices);
    if (own_suffix && known) return;
    auto hint = did_you_mean(label, ServiceData::get().prefixes());
    if (known) hint = "did you mean '" + std::string(label) + "'?";
    if (hint.empty()) return;
    hint.insert(hint.rfind('\''), kServiceSuffix);
    warning("UnknownServicePrincipal", path, "no service calls itself " + std::string(name),
            std::move(hint));
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
    if (std::ranges::any_of(known, [&](const KnownKey& each) { return is_key(each, key.name); })) {
      if (is_supplied(key.name)) return;
      return warning("KeyNeverSupplied", key.path,
                     "no request to this node has the condition key " + key.name +
                         (allows_ ? "" : ": a Deny that hangs on it may never apply"),
                     "use another key");
    }
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

  // As a limit of what is allowed; that a key is absent or is not something limits little.
  bool limited_by(std::string_view name) const {
    return std::ranges::any_of(
        keys_, [&](const Key& key) { return iequals(key.name, name) && key.limits(); });
  }

  void warn() {
    warn_of_pass_role();
    if (json::find(statement_, "NotResource") != nullptr) {
      warning("AllowWithNotResource", {"NotResource"},
              "Allow with NotResource allows the actions on every resource that is not listed, "
              "those to come included",
              "list what is allowed under Resource");
    }
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
    if (limited_by("iam:PassedToService")) return;
    const auto wide = json::find(statement_, "NotResource") != nullptr ||
                      std::ranges::any_of(texts_of(statement_, "Resource"), [](const Text& each) {
                        return each.text.find_first_of("*?") != std::string::npos;
                      });
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
      if (limited_by(key)) return;
    }
    warning("ServicePrincipalWithoutSource", {"Principal"},
            "a service may do this for anybody: it can be made a confused deputy",
            "add a condition on aws:SourceArn and aws:SourceAccount");
  }

  void warn_of_for_all_values() {
    for (const auto& key : keys_) {
      if (!to_lower(key.operator_name).starts_with("forallvalues:")) continue;
      const bool required = std::ranges::any_of(keys_, [&](const Key& other) {
        return requires_presence(other) && iequals(other.name, key.name);
      });
      if (required) continue;
      warning("ForAllValuesWithAllow", key.path,
              "ForAllValues is true when the request has no " + key.name,
              "use ForAnyValue, or add \"Null\": {\"" + key.name + "\": \"false\"}");
    }
  }

  const object& statement_;
  const PolicyKind kind_;
  const bool variables_;
  const bool allows_;
  const std::vector<Text> actions_;
  const std::vector<Key> keys_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check_statement(const object& statement, PolicyKind kind, bool variables) {
  return StatementCheck(statement, kind, variables).run();
}

}  // namespace sextant::guard::iam
