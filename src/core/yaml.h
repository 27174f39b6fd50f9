#pragma once
// YAML or JSON text to a tree in which everything has its place, within limits that no text can get
// round: 1 MiB, 64 levels, 50,000 values, no aliases (without them a small text is a small tree).
// Used for templates and for log types.
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sextant::yaml {

inline constexpr std::size_t kTextBytesMax = 1024 * 1024;
inline constexpr std::size_t kDepthMax = 64;
inline constexpr std::size_t kNodesMax = 50'000;

// A place in the text; 1-based, 0: nowhere.
struct Where {
  int line = 0;
  int column = 0;
  friend auto operator<=>(const Where&, const Where&) = default;
};

struct Member;

struct Node {
  enum class Kind {
    Null,
    Scalar,
    List,
    Map,
    Absent,  // for who evaluates trees: whoever holds it leaves it out
    Broken,  // something is wrong with it, and that has been reported: readers pass over it
  };
  Kind kind = Kind::Null;
  Where at = {};
  bool quoted = false;  // of a scalar: written in quotes, so never a number or a flag
  std::string text = {};
  std::vector<Node> items = {};
  // No "= {}": clang would need Member complete here. make_node() sets it.
  std::vector<Member> members;

  bool is(Kind other) const { return kind == other; }
  const Node* find(std::string_view name) const;  // a map's member, or nullptr
};

struct Member {
  std::string name;
  Where at;  // of the name
  Node value;
};

inline const Node* Node::find(std::string_view name) const {
  for (const auto& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

inline Node make_node(Node::Kind kind, Where at, std::string text = {}) {
  return {.kind = kind, .at = at, .text = std::move(text), .members = {}};
}
inline Node scalar(Where at, std::string text) {
  return make_node(Node::Kind::Scalar, at, std::move(text));
}
inline Node broken(Where at) { return make_node(Node::Kind::Broken, at); }

// What messages say to the author of this sort of text.
struct Dialect {
  std::string_view noun;              // "template": what the text is
  std::string_view when_too_large;    // what to do
  std::string_view when_empty;        // what it needs
  std::string_view instead_of_alias;  // what to write
  // Tags ("!Sub") that become a map of their long form, {Fn::Sub: x}; others are unknown.
  std::span<const std::string_view> short_forms = {};
};

// What is wrong, where, and what to do (may be empty).
using Report = std::function<void(Where at, std::string message, std::string hint)>;

// The tree of the one document, or nullopt when there is none to go on with (reported). Duplicate
// keys, aliases, merge keys and unknown tags are reported, and the rest of the tree still comes.
std::optional<Node> read(std::string_view text, const Dialect& dialect, const Report& report);

}  // namespace sextant::yaml
