// The grammar of policy documents:
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html. Strict: what AWS
// ignores or guesses at is refused here, since a policy that is read in two ways protects nothing.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <set>
#include <string>
#include <utility>

#include "core/json.h"
#include "core/json_defect.h"
#include "core/strings.h"
#include "guard/iam/policy.h"

namespace sextant::guard::iam {
namespace {

std::string_view view(boost::json::string_view text) { return {text.data(), text.size()}; }

std::unexpected<Error> malformed(std::string message) {
  return fail(Code::Invalid, std::move(message), "MalformedPolicyDocument");
}

// A string, or a list of strings that is not empty.
Result<std::vector<std::string>> texts_of(const json::Value& value) {
  std::vector<std::string> texts;
  if (const auto* text = value.if_string()) {
    texts.emplace_back(text->data(), text->size());
    return texts;
  }
  const auto* list = value.if_array();
  if (list == nullptr || list->empty()) {
    return malformed("must be a string or a list of strings that is not empty");
  }
  for (const auto& item : *list) {
    const auto* text = item.if_string();
    if (text == nullptr) return malformed("must be a string or a list of strings");
    texts.emplace_back(text->data(), text->size());
  }
  return texts;
}

class StatementParser {
 public:
  StatementParser(PolicyUse use, bool variables) : use_(use), variables_(variables) {}

  Result<Statement> parse(const json::Value& value) {
    const auto* object = value.if_object();
    if (object == nullptr) return malformed("must be an object");
    for (const auto& [name, member] : *object) {
      SX_TRY(within(view(name), element(view(name), member)));
    }
    SX_TRY(check_elements());
    return std::move(statement_);
  }
  const std::string& sid() const { return sid_; }

 private:
  Result<> element(std::string_view name, const json::Value& value) {
    if (name == "Sid") return sid(value);
    if (name == "Effect") return effect(value);
    if (name == "Action" || name == "NotAction") return actions(value, name == "NotAction");
    if (name == "Resource" || name == "NotResource") return resources(value, name == "NotResource");
    if (name == "Principal" || name == "NotPrincipal") {
      return principals(value, name == "NotPrincipal");
    }
    if (name == "Condition") return conditions(value);
    return malformed("no such element in a statement");
  }

  Result<> sid(const json::Value& value) {
    const auto* text = value.if_string();
    if (text == nullptr) return malformed("must be a string");
    sid_ = std::string(text->data(), text->size());
    return {};
  }

  Result<> effect(const json::Value& value) {
    const auto* text = value.if_string();
    if (text == nullptr || (*text != "Allow" && *text != "Deny")) {
      return malformed("Effect must be \"Allow\" or \"Deny\"");
    }
    statement_.effect = *text == "Allow" ? Effect::Allow : Effect::Deny;
    has_effect_ = true;
    return {};
  }

  Result<> actions(const json::Value& value, bool negated) {
    if (!statement_.actions.empty())
      return malformed("a statement has one of Action and NotAction");
    SX_TRY_AS(const auto texts, texts_of(value));
    for (const auto& text : texts) {
      SX_TRY(check_action(text));
      statement_.actions.push_back(make_pattern(to_lower(text)));
    }
    statement_.not_action = negated;
    return {};
  }

  static Result<> check_action(const std::string& text) {
    if (text == "*" || text == "*:*") return {};
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0) {
      return malformed("\"" + text.substr(0, 100) +
                       "\": Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, "
                       "etc.");
    }
    const auto vendor = std::string_view(text).substr(0, colon);
    const bool plain = std::ranges::all_of(vendor, [](char c) {
      return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!plain) return malformed("Vendor " + std::string(vendor.substr(0, 100)) + " is not valid");
    const auto name = std::string_view(text).substr(colon + 1);
    const bool named = !name.empty() && std::ranges::all_of(name, [](char c) {
      return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9') ||
             std::string_view("*?-_").contains(c);
    });
    if (!named) return malformed("\"" + text.substr(0, 100) + "\" is not the name of an action");
    return {};
  }

  Result<> resources(const json::Value& value, bool negated) {
    if (use_ == PolicyUse::Trust) return malformed("Has prohibited field Resource");
    if (!statement_.resources.empty()) {
      return malformed("a statement has one of Resource and NotResource");
    }
    SX_TRY_AS(const auto texts, texts_of(value));
    const auto where = variables_ ? ArnPattern::Variables::LastPart : ArnPattern::Variables::None;
    for (const auto& text : texts) {
      auto pattern = ArnPattern::parse(text, where);
      if (!pattern) return malformed("Resource " + pattern.error().message);
      statement_.resources.push_back(std::move(*pattern));
    }
    statement_.not_resource = negated;
    return {};
  }

  Result<> principals(const json::Value& value, bool negated) {
    if (use_ == PolicyUse::Identity) {
      return malformed("Policy document should not specify a principal.");
    }
    if (statement_.principals) {
      return malformed("a statement has one of Principal and NotPrincipal");
    }
    auto set = PrincipalSet::parse(value);
    if (!set) return malformed(set.error().message);
    statement_.principals = std::move(*set);
    statement_.not_principal = negated;
    return {};
  }

  Result<> conditions(const json::Value& value) {
    const auto* operators = value.if_object();
    if (operators == nullptr) return malformed("must be an object of condition operators");
    for (const auto& [name, keys] : *operators) {
      SX_TRY(within(view(name), conditions_of(view(name), keys)));
    }
    return {};
  }

  Result<> conditions_of(std::string_view name, const json::Value& keys) {
    const auto* object = keys.if_object();
    if (object == nullptr) return malformed("must be an object of condition keys");
    for (const auto& [key, values] : *object) {
      auto condition = Condition::parse(name, view(key), values, variables_);
      if (!condition) return malformed(std::string(view(key)) + ": " + condition.error().message);
      statement_.conditions.push_back(std::move(*condition));
    }
    return {};
  }

  Result<> check_elements() const {
    if (!has_effect_) return malformed("Missing required field Effect");
    if (statement_.actions.empty()) return malformed("Policy statement must contain actions.");
    if (use_ != PolicyUse::Trust && statement_.resources.empty()) {
      return malformed("Policy statement must contain resources.");
    }
    if (use_ != PolicyUse::Identity && !statement_.principals) {
      return malformed("Missing required field Principal");
    }
    return {};
  }

  const PolicyUse use_;
  const bool variables_;
  bool has_effect_ = false;
  std::string sid_;
  Statement statement_;
};

struct Document {
  bool variables = false;  // the version has policy variables
  std::vector<const json::Value*> statements;
};

Result<bool> has_variables(const json::Value& version) {
  const auto* text = version.if_string();
  if (text != nullptr && *text == "2012-10-17") return true;
  if (text != nullptr && *text == "2008-10-17") return false;
  return malformed("Version must be \"2012-10-17\" or \"2008-10-17\"");
}

// A flat list of cases, read one by one.
// NOLINTNEXTLINE(readability-function-cognitive-complexity)
Result<Document> read_document(const json::Value& value) {
  const auto* object = value.if_object();
  if (object == nullptr) return malformed("a policy must be a JSON object");
  Document document;
  for (const auto& [name, member] : *object) {
    if (name == "Version") {
      SX_TRY_AS(document.variables, has_variables(member));
    } else if (name == "Id") {
      if (!member.is_string()) return malformed("Id: must be a string");
    } else if (name == "Statement" && member.is_array()) {
      for (const auto& statement : member.get_array()) document.statements.push_back(&statement);
    } else if (name == "Statement") {
      document.statements.push_back(&member);
    } else {
      return malformed("\"" + std::string(view(name)) + "\": no such element in a policy");
    }
  }
  if (document.statements.empty()) return malformed("Missing required field Statement");
  if (document.statements.size() > kStatementsMax) return malformed("too many statements");
  return document;
}

Result<std::vector<Statement>> read_statements(const Document& document, PolicyUse use,
                                               std::string_view text, const std::string& name) {
  const auto places = statement_places(text);
  std::vector<Statement> statements;
  std::set<std::string> sids;
  for (std::size_t i = 0; i < document.statements.size(); ++i) {
    const auto path = "Statement[" + std::to_string(i) + "]";
    StatementParser parser(use, document.variables);
    SX_TRY_AS(auto statement, within(path, parser.parse(*document.statements[i])));
    if (!parser.sid().empty() && !sids.insert(parser.sid()).second) {
      return malformed(path + ": Statement IDs (SID) in a single policy must be unique.");
    }
    statement.label = name + "#" + (parser.sid().empty() ? path : parser.sid());
    if (i < places.size()) statement.place = places[i];
    statement.settle();
    statements.push_back(std::move(statement));
  }
  return statements;
}

std::expected<json::Value, GrammarDefect> read_json(std::string_view text) {
  const auto defect = [](std::string message, TextPosition at = {}) {
    return std::unexpected(GrammarDefect{.path = {}, .message = std::move(message), .at = at});
  };
  if (text.size() > kPolicyBytesMax) {
    return defect("a policy may have " + std::to_string(kPolicyBytesMax) + " bytes, this has " +
                  std::to_string(text.size()));
  }
  auto value = json::read(text);
  if (value) return std::move(*value);
  return defect("Syntax errors in policy. " + value.error().error().message, value.error().at);
}

}  // namespace

std::vector<GrammarDefect> grammar_defects(std::string_view text, PolicyUse use) {
  const auto value = read_json(text);
  if (!value) return {value.error()};
  const auto document = read_document(*value);
  if (!document) return {{.path = {}, .message = document.error().message}};
  std::vector<GrammarDefect> defects;
  const bool listed = value->get_object().at("Statement").is_array();
  std::set<std::string> sids;
  for (std::size_t i = 0; i < document->statements.size(); ++i) {
    std::vector<std::string> path{"Statement"};
    if (listed) path.push_back(std::to_string(i));
    StatementParser parser(use, document->variables);
    const auto statement = parser.parse(*document->statements[i]);
    if (!statement) {
      defects.push_back({.path = std::move(path), .message = statement.error().message});
    } else if (!parser.sid().empty() && !sids.insert(parser.sid()).second) {
      defects.push_back({.path = std::move(path),
                         .message = "Sid: Statement IDs (SID) in a single policy must be unique."});
    }
  }
  return defects;
}

Result<PolicyPtr> parse_policy(std::string_view text, PolicyUse use, std::string name) {
  const auto value = read_json(text);
  if (!value) return malformed(value.error().message);
  SX_TRY_AS(const auto document, read_document(*value));
  SX_TRY_AS(auto statements, read_statements(document, use, text, name));
  return std::make_shared<const Policy>(std::move(name), std::move(statements));
}

PolicyPtr policy_or_defect(std::string_view text, PolicyUse use, std::string name) {
  auto policy = parse_policy(text, use, name);
  if (policy) return *policy;
  return std::make_shared<const Policy>(std::move(name), std::move(policy).error());
}

}  // namespace sextant::guard::iam
