#include "guard/iam/statement_view.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "core/json.h"
#include "core/strings.h"

namespace sextant::guard::iam {
namespace {

using boost::json::object;

std::string_view view(boost::json::string_view text) { return {text.data(), text.size()}; }

std::vector<Text> texts_of(const object& statement, std::string_view name) {
  std::vector<Text> texts;
  if (const auto* value = json::find(statement, name)) {
    each_text(*value, {std::string(name)}, [&](const Path& path, std::string_view text) {
      texts.push_back({path, std::string(text)});
    });
  }
  return texts;
}

std::vector<ConditionKey> keys_of(const object& statement) {
  std::vector<ConditionKey> keys;
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

}  // namespace

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

bool ConditionKey::limits_values() const {
  const auto kind = to_lower(operator_name);
  return !kind.contains("not") && kind != "null";
}

bool ConditionKey::holds_without() const {
  const auto kind = to_lower(operator_name);
  return kind.ends_with("ifexists") || kind.starts_with("forallvalues:");
}

bool ConditionKey::requires_presence() const {
  if (!iequals(operator_name, "Null")) return false;
  const auto is_false = [](const json::Value& value) {
    if (const auto* flag = value.if_bool()) return !*flag;
    const auto* text = value.if_string();
    return text != nullptr && iequals(view(*text), "false");
  };
  const auto* list = values->if_array();
  if (list == nullptr) return is_false(*values);
  return !list->empty() && std::ranges::all_of(*list, is_false);
}

StatementView::StatementView(const object& statement, PolicyKind of_kind, bool variables)
    : json(statement),
      kind(of_kind),
      has_variables(variables),
      allows(json::text_or(statement, "Effect") == "Allow"),
      actions(texts_of(statement, "Action")),
      keys(keys_of(statement)) {}

const json::Value* StatementView::find(std::string_view element) const {
  return json::find(json, element);
}
bool StatementView::has(std::string_view element) const { return find(element) != nullptr; }

std::vector<Text> StatementView::texts(std::string_view element) const {
  return texts_of(json, element);
}

bool StatementView::requires_key(std::string_view key) const {
  return std::ranges::any_of(keys, [&](const ConditionKey& each) {
    return iequals(each.name, key) && each.requires_presence();
  });
}

bool StatementView::limited_by(std::string_view key) const {
  const bool required = requires_key(key);
  return std::ranges::any_of(keys, [&](const ConditionKey& each) {
    return iequals(each.name, key) && each.limits_values() && (required || !each.holds_without());
  });
}

Finding error_at(Path path, std::string code, std::string message, std::string hint) {
  return {.code = std::move(code),
          .path = std::move(path),
          .message = std::move(message),
          .hint = std::move(hint)};
}

Finding warning_at(Path path, std::string code, std::string message, std::string hint) {
  auto finding = error_at(std::move(path), std::move(code), std::move(message), std::move(hint));
  finding.severity = Severity::Warning;
  return finding;
}

}  // namespace sextant::guard::iam
