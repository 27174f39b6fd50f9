#include "guard/iam/name_checks.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "core/json.h"
#include "core/strings.h"
#include "core/suggest.h"
#include "guard/iam/pattern.h"
#include "guard/iam/service_data.h"
#include "guard/iam/supplied_keys.h"

namespace sextant::guard::iam {
namespace {

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

std::string prefix_of(const std::string& name) { return to_lower(name.substr(0, name.find(':'))); }
bool is_prefix(std::string_view prefix) {
  return std::ranges::binary_search(ServiceData::get().prefixes(), prefix);
}

class NameCheck {
 public:
  NameCheck(const StatementView& statement, std::vector<Finding>& findings)
      : statement_(statement), findings_(findings) {}

  void run() {
    for (const auto& action : statement_.actions) check_action(action);
    for (const auto& action : statement_.texts("NotAction")) check_action(action);
    for (const auto& key : statement_.keys) check_key(key);
    if (statement_.has_variables) check_variables();
    check_services();
  }

 private:
  void check_action(const Text& action) {
    auto problem = action_problem(action.text);
    if (!problem) return;
    problem->path = action.path;
    findings_.push_back(std::move(*problem));
  }

  void check_key(const ConditionKey& key) {
    const auto unknown = [&](std::string message, std::string hint) {
      findings_.push_back(
          error_at(key.path, "InvalidConditionKey", std::move(message), std::move(hint)));
    };
    if (!key.name.contains(':')) {
      return unknown("the condition key " + key.name + " names no service",
                     did_you_mean("aws:" + key.name, names_of(ServiceData::get().global_keys())));
    }
    const auto prefix = prefix_of(key.name);
    const auto* service = ServiceData::get().find(prefix);
    const auto* known = prefix == "aws"      ? &ServiceData::get().global_keys()
                        : service != nullptr ? &service->keys
                                             : nullptr;
    if (known != nullptr) {
      if (!is_known(key.name, *known))
        return unknown("the condition key " + key.name + " does not exist",
                       did_you_mean(key.name, names_of(*known)));
      return check_supplied(key);
    }
    // Keys of identity providers, and of services whose keys are not known here.
    const bool federated = prefix.contains('.') || prefix == "saml" || prefix == "ldap";
    if (federated || is_prefix(prefix) || prefix == "identitycenter") return;
    unknown("the service '" + prefix + "' of condition key " + key.name + " does not exist",
            did_you_mean(prefix, ServiceData::get().prefixes()));
  }

  static bool is_known(std::string_view name, const std::vector<KnownKey>& known) {
    return std::ranges::any_of(known, [&](const KnownKey& each) { return is_key(each, name); });
  }

  // Control policies are for an organisation: this node's gate judges by none.
  void check_supplied(const ConditionKey& key) {
    const bool judged_here = statement_.kind != PolicyKind::ServiceControl &&
                             statement_.kind != PolicyKind::ResourceControl;
    if (!judged_here || is_supplied(key.name)) return;
    findings_.push_back(
        warning_at(key.path, "KeyNeverSupplied",
                   "no request to this node has the condition key " + key.name +
                       (statement_.allows ? "" : ": a Deny that hangs on it may never apply"),
                   "use another key"));
  }

  void check_variables() {
    const auto look = [this](const Path& path, std::string_view text) {
      for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
        const auto rest = text.substr(at + 2);
        check_variable(path, trim(rest.substr(0, rest.find_first_of(",}"))));
      }
    };
    for (const char* element : {"Resource", "NotResource"}) {
      if (const auto* value = statement_.find(element)) each_text(*value, {element}, look);
    }
    for (const auto& key : statement_.keys) each_text(*key.values, key.path, look);
  }
  void check_variable(const Path& path, std::string_view name) {
    if (name == "*" || name == "?" || name == "$") return;
    const auto prefix = prefix_of(std::string(name));
    const auto* service = ServiceData::get().find(prefix);
    const bool plain = !name.contains(':');
    if (!plain && prefix != "aws" && service == nullptr) return;  // of an identity provider
    const auto& known = plain || prefix == "aws" ? ServiceData::get().global_keys() : service->keys;
    if (is_known(name, known)) return;
    findings_.push_back(
        warning_at(path, "UnknownVariable",
                   "there is no policy variable ${" + std::string(name) +
                       "}: where it stands the statement matches nothing",
                   did_you_mean(plain ? "aws:" + std::string(name) : name, names_of(known))));
  }

  void check_services() {
    for (const char* element : {"Principal", "NotPrincipal"}) {
      const auto* principal = statement_.find(element);
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
    findings_.push_back(warning_at(path, "UnknownServicePrincipal",
                                   "no service calls itself " + std::string(name),
                                   std::move(hint)));
  }

  const StatementView& statement_;
  std::vector<Finding>& findings_;
};

}  // namespace

std::optional<Finding> action_problem(const std::string& action) {
  if (action == "*" || action == "*:*") return std::nullopt;
  const auto prefix = prefix_of(action);
  if (!is_prefix(prefix)) {
    return error_at({}, "InvalidServiceInAction",
                    "the service '" + prefix + "' of action " + action + " does not exist",
                    did_you_mean(prefix, ServiceData::get().prefixes()));
  }
  const auto* service = ServiceData::get().find(prefix);
  if (service == nullptr) return std::nullopt;
  const auto name = action.substr(action.find(':') + 1);
  const auto pattern = make_pattern(to_lower(name));
  const bool known = std::ranges::any_of(service->actions, [&](const KnownAction& each) {
    return pattern.matches(to_lower(each.name));
  });
  if (known) return std::nullopt;
  return error_at({}, "InvalidAction", "the action " + action + " does not exist",
                  did_you_mean(name, names_of(service->actions)));
}

void check_names(const StatementView& statement, std::vector<Finding>& findings) {
  NameCheck(statement, findings).run();
}

}  // namespace sextant::guard::iam
