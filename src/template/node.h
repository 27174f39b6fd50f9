#pragma once
// A template's text as a tree, with the place of everything. Intrinsics stand in their long form
// only:
// `!Ref x` has become {Ref: x}, `!Sub x` {Fn::Sub: x}.
#include <string>
#include <string_view>
#include <vector>

#include "template/diagnostics.h"

namespace sextant::templates {

struct Member;

struct Node {
  enum class Kind {
    Null,
    Scalar,
    List,
    Map,
    Absent,  // evaluated to AWS::NoValue: whoever holds it leaves it out
    Broken,  // could not be evaluated, and that has been reported: readers pass over it
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

}  // namespace sextant::templates
