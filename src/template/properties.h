#pragma once
// Reads the members of one map by name and type. What nobody asked for is unknown, and reported
// with the nearest name that somebody asked for.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "template/node.h"

namespace sextant::templates {

// The number or flag that a scalar says, as CloudFormation takes them: 60, "60", true, "true".
std::optional<long long> whole_number(const Node& node);
std::optional<bool> flag(const Node& node);

class Properties {
 public:
  // owner: "AWS::S3::Bucket 'Logs'" for messages. A node that is no map is reported, and then has
  // no members.
  Properties(const Node& map, std::string owner, Diagnostics& diagnostics);

  Where at() const { return map_.at; }
  const std::string& owner() const { return owner_; }
  Diagnostics& diagnostics() { return diagnostics_; }

  // nullptr when absent; also when it is there but of another kind, or Broken (then it is reported
  // already).
  const Node* any(std::string_view name);
  const Node* map(std::string_view name);
  const Node* list(std::string_view name);
  const Node* scalar(std::string_view name);

  std::optional<std::string> text(std::string_view name);
  std::optional<std::string> required_text(std::string_view name);  // reported when absent
  std::optional<int> number(std::string_view name, int min, int max);
  std::optional<bool> boolean(std::string_view name);
  std::vector<std::string> texts(std::string_view name);  // a list of texts
  // One text, or a list of them.
  std::vector<std::string> texts_or_text(std::string_view name);

  bool has(std::string_view name) const { return map_.find(name) != nullptr; }
  void require(std::string_view name);  // reports it when absent
  // Known to AWS, but not done here: refused with this reason when present.
  void refuse(std::string_view name, std::string_view why);
  // The place of a member's value, or of the map.
  Where where(std::string_view name) const;
  void report(std::string_view name, std::string message, std::string hint = {});
  // Reports what nobody asked for. Call it last.
  void finish();

 private:
  const Node* of_kind(std::string_view name, Node::Kind kind, std::string_view words);
  std::vector<std::string> all_texts(const Node& list, std::string_view name);

  const Node& map_;
  std::string owner_;
  Diagnostics& diagnostics_;
  std::vector<std::string_view> asked_;
};

}  // namespace sextant::templates
