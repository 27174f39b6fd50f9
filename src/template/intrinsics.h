#pragma once
// The forms of CloudFormation's intrinsic functions, shared by the check of all references and by
// the evaluation.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "template/node.h"

namespace sextant::templates {

// The one member of {Ref: …}, {Fn::…: …} or {Condition: name}; nullptr for any other node.
const Member* intrinsic_of(const Node& node);

// What a Sub text is made of: "${Bucket}/x" is a variable and a literal; "${!x}" is the literal
// "${x}".
struct SubPart {
  bool variable = false;
  std::string text;
};
// nullopt: a "${" is not closed, or a name is empty or has characters that no name has.
std::optional<std::vector<SubPart>> parse_sub(std::string_view text);

// "Logical.Attribute" of GetAtt and Sub, or [Logical, Attribute].
struct AttributeName {
  std::string resource;
  std::string attribute;
};
std::optional<AttributeName> attribute_name(std::string_view text);
std::optional<AttributeName> attribute_name(const Node& argument);

}  // namespace sextant::templates
