#include "intel/parsers/log_types/members.h"

#include <algorithm>
#include <utility>

#include "core/strings.h"
#include "core/suggest.h"

namespace sextant::intel {

using yaml::Node;

void Findings::add(yaml::Where at, std::string message, std::string hint) {
  if (!full()) found_.push_back({at, std::move(message), std::move(hint)});
}

LogTypeFindings Findings::take() && {
  std::ranges::stable_sort(found_, {}, &LogTypeFinding::at);
  return std::move(found_);
}

Members::Members(const Node& map, std::string owner, Findings& findings)
    : map_(map), owner_(std::move(owner)), findings_(findings) {
  if (!map.is(Node::Kind::Map) && !map.is(Node::Kind::Broken))
    findings.add(map.at, owner_ + " must be a map of names and values");
}

const Node* Members::any(std::string_view name) {
  asked_.push_back(name);
  return map_.find(name);
}

const Node* Members::of_kind(std::string_view name, Node::Kind kind, std::string_view words) {
  const auto* node = any(name);
  if (node == nullptr || node->is(kind)) return node;
  if (!node->is(Node::Kind::Broken))
    report(name, "'" + std::string(name) + "' must be " + std::string(words));
  return nullptr;
}

const Node* Members::map(std::string_view name) {
  return of_kind(name, Node::Kind::Map, "a map of names and values");
}

const Node* Members::list(std::string_view name) {
  return of_kind(name, Node::Kind::List, "a list");
}

std::optional<std::string> Members::text(std::string_view name) {
  const auto* node = of_kind(name, Node::Kind::Scalar, "a text");
  return node == nullptr ? std::nullopt : std::optional(node->text);
}

std::optional<bool> Members::flag(std::string_view name) {
  const auto value = text(name);
  if (!value) return std::nullopt;
  if (*value == "true") return true;
  if (*value != "false") report(name, "'" + std::string(name) + "' must be true or false");
  return false;
}

std::optional<char> Members::character(std::string_view name) {
  const auto value = text(name);
  if (!value) return std::nullopt;
  if (*value == "\\t") return '\t';
  const bool right = value->size() == 1 && value->front() != '\n' && value->front() >= 0;
  if (right) return value->front();
  report(name, "'" + std::string(name) + "' must be one character, of ASCII",
         "write \"\\t\" for a tab");
  return std::nullopt;
}

std::optional<std::size_t> Members::number(std::string_view name, std::size_t most) {
  const auto value = text(name);
  if (!value) return std::nullopt;
  const auto number = parse_u64(*value);
  if (number && *number <= most) return static_cast<std::size_t>(*number);
  report(name,
         "'" + std::string(name) + "' must be a whole number, at most " + std::to_string(most));
  return std::nullopt;
}

std::vector<std::string> Members::texts_or_text(std::string_view name) {
  const auto* node = any(name);
  if (node == nullptr || node->is(Node::Kind::Broken)) return {};
  if (node->is(Node::Kind::Scalar)) return {node->text};
  std::vector<std::string> texts;
  for (const auto& item : node->items) {
    if (item.is(Node::Kind::Scalar)) {
      texts.push_back(item.text);
    } else {
      findings_.add(item.at, "a text must stand here");
    }
  }
  if (texts.empty()) report(name, "'" + std::string(name) + "' must be a text, or a list of them");
  return texts;
}

yaml::Where Members::where(std::string_view name) const {
  const auto* node = map_.find(name);
  return node == nullptr ? map_.at : node->at;
}

void Members::report(std::string_view name, std::string message, std::string hint) {
  findings_.add(where(name), std::move(message) + " (" + owner_ + ")", std::move(hint));
}

void Members::finish() {
  for (const auto& member : map_.members) {
    if (findings_.full()) return;  // hints take time
    if (std::ranges::find(asked_, member.name) != asked_.end()) continue;
    auto hint = did_you_mean(member.name, asked_);
    if (hint.empty()) hint = "there is " + listed(asked_);
    findings_.add(member.at, "'" + member.name + "' means nothing to " + owner_, std::move(hint));
  }
}

}  // namespace sextant::intel
