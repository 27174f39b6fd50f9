#include "template/policy_places.h"

#include <algorithm>
#include <charconv>

#include "template/yaml_reader.h"

namespace sextant::templates {
namespace {

const Node* step_into(const Node& node, const std::string& step, Where& at) {
  if (node.is(Node::Kind::List)) {
    std::size_t index = 0;
    const auto read = std::from_chars(step.data(), step.data() + step.size(), index);
    if (read.ec != std::errc{} || index >= node.items.size()) return nullptr;
    at = node.items[index].at;
    return &node.items[index];
  }
  const auto member = std::ranges::find(node.members, step, &Member::name);
  if (member == node.members.end()) return nullptr;
  at = member->at;
  return &member->value;
}

}  // namespace

Where place_of(const Node& document, const std::vector<std::string>& path) {
  Where at = document.at;
  const Node* node = &document;
  for (const auto& step : path) {
    node = step_into(*node, step, at);
    if (node == nullptr) break;
  }
  return at;
}

Where place_of(std::string_view text, const std::vector<std::string>& path) {
  Diagnostics ignored("");
  const auto document = read_yaml(text, ignored);
  return document ? place_of(*document, path) : Where{};
}

}  // namespace sextant::templates
