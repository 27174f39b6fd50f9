#pragma once
// A statement whose form is right, read once for all checks of it: its elements with the path to
// each.
#include <boost/json/fwd.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "guard/iam/validate.h"

namespace sextant::guard::iam {

using Path = std::vector<std::string>;  // from the statement on: "Action", "1"

struct Text {
  Path path;
  std::string text;
};

// The strings of a value, with the path to each.
void each_text(const boost::json::value& value, Path path,
               const std::function<void(const Path&, std::string_view)>& visit);

struct ConditionKey {
  Path path;  // "Condition", operator, key
  std::string operator_name;
  std::string name;
  const boost::json::value* values;

  // Whether it holds only for such values of the key, if the request has the key.
  bool limits_values() const;
  // Whether it holds, too, for requests that have not.
  bool holds_without() const;
  // {"Null": {key: "false"}}: the request must have the key.
  bool requires_presence() const;
};

// Lives as long as the statement's JSON.
class StatementView {
 public:
  // variables: the document's version has policy variables.
  StatementView(const boost::json::object& statement, PolicyKind of_kind, bool variables);

  const boost::json::object& json;
  const PolicyKind kind;
  const bool has_variables;
  const bool allows;
  const std::vector<Text> actions;
  const std::vector<ConditionKey> keys;

  bool has(std::string_view element) const;
  const boost::json::value* find(std::string_view element) const;  // nullptr: it is not there
  // The strings of an element that is one or a list of them.
  std::vector<Text> texts(std::string_view element) const;
  // To requests that have the key.
  bool requires_key(std::string_view key) const;
  // To requests that have the key with certain values: by one condition, or by one that limits the
  // values and one that requires the key.
  bool limited_by(std::string_view key) const;
};

Finding error_at(Path path, std::string code, std::string message, std::string hint = {});
Finding warning_at(Path path, std::string code, std::string message, std::string hint = {});

}  // namespace sextant::guard::iam
