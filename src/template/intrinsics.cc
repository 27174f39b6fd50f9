#include "template/intrinsics.h"

namespace sextant::templates {
namespace {

bool name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
         c == '.';
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// What stands between "${" and "}".
std::optional<SubPart> sub_variable(std::string_view inside) {
  if (inside.starts_with('!')) return SubPart{false, "${" + std::string(inside.substr(1)) + "}"};
  const auto name = trim(inside);
  if (name.empty()) return std::nullopt;
  for (const char c : name) {
    if (!name_character(c)) return std::nullopt;
  }
  return SubPart{true, std::string(name)};
}

}  // namespace

const Member* intrinsic_of(const Node& node) {
  if (!node.is(Node::Kind::Map) || node.members.size() != 1) return nullptr;
  const auto& member = node.members.front();
  if (member.name == "Ref" || member.name.starts_with("Fn::")) return &member;
  if (member.name == "Condition" && member.value.is(Node::Kind::Scalar)) return &member;
  return nullptr;
}

std::optional<std::vector<SubPart>> parse_sub(std::string_view text) {
  std::vector<SubPart> parts;
  while (!text.empty()) {
    const auto open = text.find("${");
    if (open != 0) parts.push_back({false, std::string(text.substr(0, open))});
    if (open == std::string_view::npos) break;
    text.remove_prefix(open + 2);
    const auto close = text.find('}');
    if (close == std::string_view::npos) return std::nullopt;
    auto part = sub_variable(text.substr(0, close));
    if (!part) return std::nullopt;
    parts.push_back(std::move(*part));
    text.remove_prefix(close + 1);
  }
  return parts;
}

std::optional<AttributeName> attribute_name(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == 0 || dot == std::string_view::npos || dot + 1 == text.size()) return std::nullopt;
  return AttributeName{std::string(text.substr(0, dot)), std::string(text.substr(dot + 1))};
}

std::optional<AttributeName> attribute_name(const Node& argument) {
  if (argument.is(Node::Kind::Scalar)) return attribute_name(argument.text);
  const bool pair = argument.is(Node::Kind::List) && argument.items.size() == 2 &&
                    argument.items[0].is(Node::Kind::Scalar) &&
                    argument.items[1].is(Node::Kind::Scalar);
  if (!pair) return std::nullopt;
  return AttributeName{argument.items[0].text, argument.items[1].text};
}

}  // namespace sextant::templates
