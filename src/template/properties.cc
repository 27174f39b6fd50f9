#include "template/properties.h"

#include <algorithm>
#include <charconv>

#include "core/suggest.h"

namespace sextant::templates {
namespace {

using Kind = Node::Kind;

const Node kNothing = make_node(Kind::Map, {});

std::string_view words(Kind kind) {
  switch (kind) {
    case Kind::Scalar: return "text";
    case Kind::List: return "a list";
    case Kind::Map: return "a map";
    case Kind::Null: return "null";
    case Kind::Absent:
    case Kind::Broken: return "nothing";
  }
  return "?";
}

const Node* map_or_nothing(const Node& node, const std::string& owner, Diagnostics& diagnostics) {
  if (node.is(Kind::Map)) return &node;
  if (!node.is(Kind::Broken) && !node.is(Kind::Absent)) {
    diagnostics.add(node.at, owner + " must be a map, but is " + std::string(words(node.kind)));
  }
  return &kNothing;
}

}  // namespace

std::optional<long long> whole_number(const Node& node) {
  long long value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto read = std::from_chars(node.text.data(), end, value);
  if (!node.is(Kind::Scalar) || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return value;
}

std::optional<bool> flag(const Node& node) {
  if (node.text == "true" || node.text == "True" || node.text == "TRUE") return true;
  if (node.text == "false" || node.text == "False" || node.text == "FALSE") return false;
  return std::nullopt;
}

Properties::Properties(const Node& map, std::string owner, Diagnostics& diagnostics)
    : map_(*map_or_nothing(map, owner, diagnostics)),
      owner_(std::move(owner)),
      diagnostics_(diagnostics) {}

const Node* Properties::any(std::string_view name) {
  asked_.push_back(name);
  const auto* node = map_.find(name);
  const bool there = node != nullptr && !node->is(Kind::Broken) && !node->is(Kind::Absent);
  return there ? node : nullptr;
}

const Node* Properties::of_kind(std::string_view name, Kind kind, std::string_view expected) {
  const auto* node = any(name);
  if (node == nullptr || node->is(kind)) return node;
  diagnostics_.add(node->at, "'" + std::string(name) + "' of " + owner_ + " must be " +
                                 std::string(expected) + ", but is " +
                                 std::string(words(node->kind)));
  return nullptr;
}

const Node* Properties::map(std::string_view name) { return of_kind(name, Kind::Map, "a map"); }
const Node* Properties::list(std::string_view name) { return of_kind(name, Kind::List, "a list"); }
const Node* Properties::scalar(std::string_view name) {
  return of_kind(name, Kind::Scalar, "text");
}

std::optional<std::string> Properties::text(std::string_view name) {
  const auto* node = scalar(name);
  return node == nullptr ? std::nullopt : std::optional(node->text);
}

std::optional<std::string> Properties::required_text(std::string_view name) {
  require(name);
  return text(name);
}

std::optional<int> Properties::number(std::string_view name, int min, int max) {
  const auto* node = scalar(name);
  if (node == nullptr) return std::nullopt;
  const auto value = whole_number(*node);
  if (value && *value >= min && *value <= max) return static_cast<int>(*value);
  diagnostics_.add(
      node->at, "'" + std::string(name) + "' of " + owner_ + " is '" + node->text + "'",
      "it must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  return std::nullopt;
}

std::optional<bool> Properties::boolean(std::string_view name) {
  const auto* node = scalar(name);
  if (node == nullptr) return std::nullopt;
  const auto value = flag(*node);
  if (!value) report(name, "'" + std::string(name) + "' of " + owner_ + " must be true or false");
  return value;
}

std::vector<std::string> Properties::all_texts(const Node& list, std::string_view name) {
  std::vector<std::string> texts;
  for (const auto& item : list.items) {
    if (item.is(Kind::Scalar)) texts.push_back(item.text);
    if (item.is(Kind::Map) || item.is(Kind::List)) {
      diagnostics_.add(item.at,
                       "'" + std::string(name) + "' of " + owner_ + " must be a list of texts");
    }
  }
  return texts;
}

std::vector<std::string> Properties::texts(std::string_view name) {
  const auto* node = list(name);
  return node == nullptr ? std::vector<std::string>{} : all_texts(*node, name);
}

std::vector<std::string> Properties::texts_or_text(std::string_view name) {
  const auto* node = any(name);
  if (node != nullptr && node->is(Kind::Scalar)) return {node->text};
  return texts(name);
}

void Properties::require(std::string_view name) {
  asked_.push_back(name);
  if (has(name) || &map_ == &kNothing) return;  // of no map the members are not missed
  diagnostics_.add(map_.at, owner_ + " lacks '" + std::string(name) + "'", "add it");
}

void Properties::refuse(std::string_view name, std::string_view why) {
  asked_.push_back(name);
  for (const auto& member : map_.members) {
    if (member.name != name) continue;
    diagnostics_.add(member.at, "'" + std::string(name) + "' of " + owner_ + " is not supported",
                     std::string(why));
  }
}

Where Properties::where(std::string_view name) const {
  const auto* node = map_.find(name);
  return node == nullptr ? map_.at : node->at;
}

void Properties::report(std::string_view name, std::string message, std::string hint) {
  diagnostics_.add(where(name), std::move(message), std::move(hint));
}

void Properties::finish() {
  for (const auto& member : map_.members) {
    if (std::ranges::find(asked_, member.name) != asked_.end()) continue;
    std::string hint = did_you_mean(member.name, asked_);
    if (hint.empty()) hint = "remove it; known: " + listed(asked_);
    diagnostics_.add(member.at, "unknown property '" + member.name + "' of " + owner_,
                     std::move(hint));
  }
}

}  // namespace sextant::templates
