#pragma once
// Policies and the calls to be judged by them, read from one line of JSON: what tests/perf and
// tests/oracle write, for this evaluator and for another alike.
//   {"policies": {"identity": [document…], "resource": […], "trust": […], "boundary": […],
//                 "session": […], "service_control": [[…]…], "resource_control": [[…]…]},
//    "requests": [{"principal", "action", "resource", "owner", "context": {key: value or list}}…]}
#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.h"
#include "guard/iam/policy.h"
#include "guard/iam/simulate.h"

namespace sextant::test {

struct IamCase {
  guard::iam::AppliedPolicies policies;
  std::vector<sdk::Call> calls;
};

class IamCaseReader {
 public:
  // Invalid: what is not as above; a document that cannot be compiled becomes a policy that denies.
  static Result<IamCase> read(std::string_view line) {
    SX_TRY_AS(const auto value, json::parse(line));
    IamCase made;
    const auto* policies = json::find(value.as_object(), "policies");
    if (policies == nullptr) return fail(Code::Invalid, "a case without policies");
    SX_TRY(read_policies(policies->as_object(), made.policies));
    const auto* requests = json::find(value.as_object(), "requests");
    if (requests == nullptr) return fail(Code::Invalid, "a case without requests");
    for (const auto& request : requests->as_array()) {
      SX_TRY_AS(auto call, read_request(request.as_object()));
      made.calls.push_back(std::move(call));
    }
    return made;
  }

 private:
  using Use = guard::iam::PolicyUse;
  using Policies = std::vector<guard::iam::PolicyPtr>;

  static void add(const json::Value& documents, Use use, Policies& policies) {
    for (const auto& document : documents.as_array()) {
      policies.push_back(guard::iam::policy_or_defect(json::to_text(document), use, "p"));
    }
  }

  // Where documents of that kind go; nullptr when it is not one of these.
  static Policies* list_of(std::string_view name, guard::iam::AppliedPolicies& into) {
    if (name == "identity") return &into.identity;
    if (name == "resource" || name == "trust") return &into.resource;
    if (name == "boundary") return &into.boundary;
    return name == "session" ? &into.session : nullptr;
  }
  static std::vector<Policies>* levels_of(std::string_view name,
                                          guard::iam::AppliedPolicies& into) {
    if (name == "service_control") return &into.service_control;
    return name == "resource_control" ? &into.resource_control : nullptr;
  }
  static Use use_of(std::string_view name) {
    if (name == "trust") return Use::Trust;
    return name.starts_with("resource") ? Use::Resource : Use::Identity;
  }

  static Result<> read_policies(const json::Object& object, guard::iam::AppliedPolicies& into) {
    for (const auto& [name, documents] : object) {
      if (auto* list = list_of(name, into)) {
        add(documents, use_of(name), *list);
      } else if (auto* levels = levels_of(name, into)) {
        for (const auto& level : documents.as_array())
          add(level, use_of(name), levels->emplace_back());
      } else {
        return fail(Code::Invalid, "unknown kind of policies: " + std::string(name));
      }
    }
    return {};
  }

  static sdk::ConditionContext read_context(const json::Object& object) {
    sdk::ConditionContext context;
    for (const auto& [key, values] : object) {
      auto& list = context[std::string(key)];
      if (const auto* one = values.if_string()) {
        list.emplace_back(*one);
        continue;
      }
      for (const auto& each : values.as_array()) list.emplace_back(each.as_string());
    }
    return context;
  }

  static Result<sdk::Call> read_request(const json::Object& object) {
    SX_TRY_AS(auto principal, guard::iam::principal_of(json::text_or(object, "principal")));
    const AccountId owner(json::text_or(object, "owner"));
    SX_TRY_AS(auto call,
              guard::iam::call_of({.scope = {owner, Region("us-east-1")},
                                   .principal = std::move(principal),
                                   .action = json::text_or(object, "action"),
                                   .resource = json::text_or(object, "resource"),
                                   .context = read_context(object.at("context").as_object())}));
    call.resource_owner = owner;
    return call;
  }
};

}  // namespace sextant::test
