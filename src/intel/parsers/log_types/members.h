#pragma once
// Reads the members of a map of a log type by name. What nobody asked for is reported, with the
// nearest name that somebody asked for.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/yaml.h"
#include "intel/parsers/log_types/log_type.h"

namespace sextant::intel {

class Findings {
 public:
  void add(yaml::Where at, std::string message, std::string hint = {});
  bool empty() const { return found_.empty(); }
  bool full() const { return found_.size() >= kMax; }
  LogTypeFindings take() &&;  // in the order of the text, at most kMax

  static constexpr std::size_t kMax = 50;

 private:
  LogTypeFindings found_;
};

class Members {
 public:
  // owner: "field 'status'", for messages. A node that is no map is reported, and has none.
  Members(const yaml::Node& map, std::string owner, Findings& findings);

  // nullptr when absent, and when it is of another kind, which is reported.
  const yaml::Node* any(std::string_view name);
  const yaml::Node* map(std::string_view name);
  const yaml::Node* list(std::string_view name);

  std::optional<std::string> text(std::string_view name);
  std::optional<bool> flag(std::string_view name);
  // One character: a separator. "\t" is a tab.
  std::optional<char> character(std::string_view name);
  std::optional<std::size_t> number(std::string_view name, std::size_t most);
  std::vector<std::string> texts_or_text(std::string_view name);

  yaml::Where where(std::string_view name) const;  // of a member's value, or of the map
  void report(std::string_view name, std::string message, std::string hint = {});
  void finish();  // reports what nobody asked for; call it last

 private:
  const yaml::Node* of_kind(std::string_view name, yaml::Node::Kind kind, std::string_view words);

  const yaml::Node& map_;
  std::string owner_;
  Findings& findings_;
  std::vector<std::string_view> asked_;
};

}  // namespace sextant::intel
