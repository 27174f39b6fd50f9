#include "core/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <sstream>
#include <unordered_set>

#include "core/encoding.h"
#include "core/suggest.h"

namespace sextant::yaml {
namespace {

using Kind = Node::Kind;

Where where(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

// A value being read: its parent waits below it on the stack.
struct Frame {
  Node node;
  std::string tag;
  bool has_key = false;
  std::string key = {};
  Where key_at = {};
  std::unordered_set<std::string> names = {};
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const Dialect& dialect, const Report& report) : dialect_(dialect), report_(report) {}
  bool stopped() const { return stopped_; }
  std::optional<Node> finish() { return stopped_ ? std::nullopt : std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    put(make_node(Kind::Null, where(mark)), "?");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    report_(where(mark), "aliases (*name) have no place in a " + std::string(dialect_.noun),
            std::string(dialect_.instead_of_alias));
    put(broken(where(mark)), "?");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    Node node = scalar(where(mark), value);
    node.quoted = tag == "!";
    put(std::move(node), tag);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    start(make_node(Kind::List, where(mark)), tag);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    start(make_node(Kind::Map, where(mark)), tag);
  }
  void OnMapEnd() override { end(); }

 private:
  void start(Node node, const std::string& tag) {
    if (stopped_) return;
    if (stack_.size() >= kDepthMax)
      return stop(node.at, "more than " + std::to_string(kDepthMax) + " levels");
    stack_.push_back({.node = std::move(node), .tag = tag});
  }
  void end() {
    if (stopped_) return;
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    put(std::move(frame.node), frame.tag);
  }
  void put(Node node, const std::string& tag) {
    if (stopped_) return;
    if (++nodes_ > kNodesMax)
      return stop(node.at, "more than " + std::to_string(kNodesMax) + " values");
    if (stack_.empty()) {
      root_ = wrap(std::move(node), tag);
      return;
    }
    Frame& parent = stack_.back();
    if (parent.node.is(Kind::List)) {
      parent.node.items.push_back(wrap(std::move(node), tag));
    } else if (!parent.has_key) {
      take_key(parent, std::move(node));
    } else {
      add_member(parent, wrap(std::move(node), tag));
    }
  }
  void take_key(Frame& parent, Node node) {
    if (!node.is(Kind::Scalar)) report_(node.at, "a key must be plain text", {});
    if (node.text == "<<") {
      report_(node.at, "merge keys (<<) have no place in a " + std::string(dialect_.noun),
              "write the values out");
    }
    parent.has_key = true;
    parent.key = std::move(node.text);
    parent.key_at = node.at;
  }
  void add_member(Frame& parent, Node value) {
    parent.has_key = false;
    if (parent.key == "<<") return;                      // reported with the key
    if (value.is(Kind::Null)) value.at = parent.key_at;  // the empty place itself is hard to see
    if (!parent.names.insert(parent.key).second) {
      report_(parent.key_at, "'" + parent.key + "' stands here a second time",
              "remove or rename one of them");
      return;
    }
    parent.node.members.push_back({std::move(parent.key), parent.key_at, std::move(value)});
  }

  // {Fn::Sub: x} of "!Sub x".
  Node wrap(Node node, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return node;
    if (tag.starts_with("tag:yaml.org,2002:")) {
      if (tag == "tag:yaml.org,2002:str") node.quoted = true;
      return node;
    }
    const Where at = node.at;
    const auto known = dialect_.short_forms;
    if (std::ranges::find(known, tag) == known.end()) {
      report_(at, "unknown tag '" + tag + "'", did_you_mean(tag, {known.begin(), known.end()}));
      return broken(at);
    }
    std::string name = tag.substr(1);
    if (name != "Ref" && name != "Condition") name.insert(0, "Fn::");
    Node map = make_node(Kind::Map, at);
    map.members.push_back({std::move(name), at, std::move(node)});
    return map;
  }
  void stop(Where at, const std::string& why) {
    report_(at, "the " + std::string(dialect_.noun) + " has " + why,
            std::string(dialect_.when_too_large));
    stopped_ = true;
  }

  const Dialect& dialect_;
  const Report& report_;
  std::vector<Frame> stack_;
  std::optional<Node> root_;
  std::size_t nodes_ = 0;
  bool stopped_ = false;
};

// The code unit of "\\uXXXX" at `at`, or nullopt.
std::optional<unsigned> code_unit(std::string_view text, std::size_t at) {
  const auto escape = text.substr(at, std::min<std::size_t>(6, text.size() - at));
  unsigned unit = 0;
  if (escape.size() != 6 || !escape.starts_with("\\u")) return std::nullopt;
  const auto read = std::from_chars(escape.data() + 2, escape.data() + 6, unit, 16);
  return read.ec == std::errc{} && read.ptr == escape.data() + 6 ? std::optional(unit)
                                                                 : std::nullopt;
}

// JSON writes characters beyond U+FFFF as two escapes, YAML as one of eight digits.
std::string join_surrogates(std::string_view text) {
  std::string joined;
  for (std::size_t at = 0; at < text.size();) {
    const bool escaped = text[at] == '\\' && at + 1 < text.size();
    const auto high = escaped ? code_unit(text, at) : std::nullopt;
    const auto low = high && at + 6 < text.size() ? code_unit(text, at + 6) : std::nullopt;
    if (high && low && (*high & 0xFC00) == 0xD800 && (*low & 0xFC00) == 0xDC00) {
      const unsigned code = 0x10000 + ((*high & 0x3FF) << 10) + (*low & 0x3FF);
      std::array<char, 16> digits{};
      std::snprintf(digits.data(), digits.size(), "\\U%08x", code);
      joined += digits.data();
      at += 12;
      continue;
    }
    const std::size_t taken = escaped ? 2 : 1;  // so that "\\\\u" is no escape
    joined.append(text.substr(at, taken));
    at += taken;
  }
  return joined;
}

bool is_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

bool readable(std::string_view text, const Dialect& dialect, const Report& report) {
  const auto noun = "the " + std::string(dialect.noun);
  if (text.size() > kTextBytesMax) {
    report({}, noun + " has " + std::to_string(text.size()) + " bytes",
           "1 MiB is the most; " + std::string(dialect.when_too_large));
    return false;
  }
  if (!valid_utf8(text) || text.find('\0') != std::string_view::npos) {
    report({}, noun + " is not UTF-8 text", "save it as UTF-8");
    return false;
  }
  return true;
}

}  // namespace

std::optional<Node> read(std::string_view text, const Dialect& dialect, const Report& report) {
  if (!readable(text, dialect, report)) return std::nullopt;
  TreeBuilder builder(dialect, report);
  try {
    std::istringstream stream(is_json(text) ? join_surrogates(text) : std::string(text));
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      report({1, 1}, "the " + std::string(dialect.noun) + " is empty",
             std::string(dialect.when_empty));
      return std::nullopt;
    }
    auto tree = builder.finish();
    TreeBuilder rest(dialect, report);
    if (tree && parser.HandleNextDocument(rest))
      report({}, "the text holds more than one YAML document", "remove the '---' lines");
    return tree;
  } catch (const YAML::Exception& error) {
    if (builder.stopped()) return std::nullopt;  // what follows a limit says nothing
    report(error.mark.is_null() ? Where{} : where(error.mark), "not valid YAML: " + error.msg,
           "check indentation, quotes and brackets here");
    return std::nullopt;
  }
}

}  // namespace sextant::yaml
