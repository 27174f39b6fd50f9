#include "template/policy_document.h"

#include <algorithm>
#include <boost/json.hpp>

#include "core/json.h"
#include "core/suggest.h"
#include "template/app_builder.h"
#include "template/policy_places.h"

namespace sextant::templates {
namespace {

using Kind = Node::Kind;

json::Value to_json(const Node& node) {
  if (node.is(Kind::Scalar)) {
    if (!node.quoted && node.text == "true") return true;
    if (!node.quoted && node.text == "false") return false;
    return json::Value(node.text);
  }
  if (node.is(Kind::List)) {
    json::Array array;
    for (const auto& item : node.items) array.push_back(to_json(item));
    return array;
  }
  if (!node.is(Kind::Map)) return nullptr;
  json::Object object;
  for (const auto& member : node.members) object[member.name] = to_json(member.value);
  return object;
}

// Whether anything below could not be evaluated.
bool is_whole(const Node& node) {
  return !node.is(Kind::Broken) && std::ranges::all_of(node.items, is_whole) &&
         std::ranges::all_of(node.members,
                             [](const Member& member) { return is_whole(member.value); });
}

// Either of two spellings, exactly one of them; "needed" says whether one must stand there.
void check_pair(Properties& statement, std::string_view plain, std::string_view negated,
                bool needed) {
  const auto* one = statement.any(plain);
  const auto* other = statement.any(negated);
  if (one != nullptr && other != nullptr) {
    statement.report(negated,
                     statement.owner() + " has both '" + std::string(plain) + "' and '" +
                         std::string(negated) + "'",
                     "keep one of them");
  } else if (needed && one == nullptr && other == nullptr) {
    statement.require(plain);
  }
}

void forbid_principal(Properties& statement) {
  for (const auto* name : {"Principal", "NotPrincipal"}) {
    if (statement.any(name) == nullptr) continue;
    statement.report(name, "a policy of a role names no principal: the role is the principal",
                     "remove it");
  }
}

void check_statement(const Node& node, PolicyUse use, const std::string& owner,
                     Diagnostics& diagnostics) {
  Properties statement(node, "a statement of " + owner, diagnostics);
  if (!node.is(Kind::Map)) return;
  statement.text("Sid");
  const auto effect = statement.required_text("Effect");
  if (effect && *effect != "Allow" && *effect != "Deny")
    statement.report("Effect", "'Effect' is Allow or Deny, not '" + *effect + "'");
  check_pair(statement, "Action", "NotAction", true);
  if (use == PolicyUse::Identity || use == PolicyUse::Managed) {
    forbid_principal(statement);
  } else {
    check_pair(statement, "Principal", "NotPrincipal", true);
  }
  if (use == PolicyUse::Trust) {
    for (const auto* name : {"Resource", "NotResource"}) {
      if (statement.any(name) == nullptr) continue;
      statement.report(name, "a trust policy names no resource: the role is the resource",
                       "remove it");
    }
  } else {
    check_pair(statement, "Resource", "NotResource", true);
  }
  statement.map("Condition");
  statement.finish();
}

void check_document(const Node& node, PolicyUse use, const std::string& owner,
                    Diagnostics& diagnostics) {
  Properties document(node, "the policy document of " + owner, diagnostics);
  if (!node.is(Kind::Map)) return;
  const auto version = document.text("Version");
  if (version && *version != "2012-10-17" && *version != "2008-10-17")
    document.report("Version", "policies have no version '" + *version + "'", "use \"2012-10-17\"");
  document.text("Id");
  document.require("Statement");
  if (const auto* statement = document.any("Statement")) {
    if (statement->is(Kind::List)) {
      for (const auto& item : statement->items) check_statement(item, use, owner, diagnostics);
    } else {
      check_statement(*statement, use, owner, diagnostics);
    }
  }
  document.finish();
}

PolicyPlace place_of_policy(const Node& node, const std::string& text, const std::string& owner,
                            const AppBuilder& builder) {
  PolicyPlace place{.document = text, .owner = owner, .statements = {}};
  const auto* statement = node.find("Statement");
  if (statement == nullptr) return place;
  if (!statement->is(Kind::List)) {
    place.statements.push_back(builder.position(place_of(node, {"Statement"})));
    return place;
  }
  for (const auto& item : statement->items) place.statements.push_back(builder.position(item.at));
  return place;
}

}  // namespace

std::string policy_text(const Node& document, PolicyUse use, const std::string& owner,
                        AppBuilder& builder) {
  if (!is_whole(document)) return {};
  const auto before = builder.diagnostics().count();
  check_document(document, use, owner, builder.diagnostics());
  const bool form_reported = builder.diagnostics().count() > before;
  std::string text = json_text(document);
  const auto& options = builder.options();
  if (options.on_policy) options.on_policy(place_of_policy(document, text, owner, builder));
  if (!options.check_policy) return text;
  for (const auto& finding : options.check_policy(text, use)) {
    if (finding.form && form_reported) continue;
    const auto at = place_of(document, finding.path);
    const auto message = "the policy document of " + owner + ": " + finding.message;
    if (!finding.warning) {
      builder.diagnostics().add(at, message, finding.hint);
    } else if (options.on_warning) {
      options.on_warning({builder.position(at), message, finding.hint});
    }
  }
  return text;
}

std::string json_text(const Node& node) { return json::to_text(to_json(node)); }

std::string lambda_trust_policy() {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":)"
         R"({"Service":["lambda.amazonaws.com"]},"Action":["sts:AssumeRole"]}]})";
}

}  // namespace sextant::templates
