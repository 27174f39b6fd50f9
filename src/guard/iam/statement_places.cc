#include "guard/iam/statement_places.h"

#include <algorithm>

namespace sextant::guard::iam {
namespace {

// Walks over well-formed JSON by offsets; what is not well-formed ends at its end.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }
  char here() const { return at_end() ? '\0' : text_[at_]; }
  std::size_t offset() const { return at_; }
  void step() { ++at_; }
  void skip_blanks() {
    while (!at_end() && std::string_view(" \t\r\n").contains(here())) step();
  }

  // The string that begins here, as written and without its quotes; goes behind it.
  std::string_view take_string() {
    const auto start = ++at_;
    while (!at_end() && here() != '"') at_ += here() == '\\' ? 2 : 1;
    const auto text = text_.substr(start, std::min(at_, text_.size()) - start);
    step();
    return text;
  }

  // Behind the value that begins here with a brace or a bracket.
  void skip_nested() {
    std::size_t depth = 0;
    while (!at_end()) {
      if (here() == '"') {
        take_string();
        continue;
      }
      if (here() == '{' || here() == '[') ++depth;
      const bool closes = here() == '}' || here() == ']';
      step();
      if (closes && --depth == 0) return;
    }
  }

  // To the value of that member of the document's object.
  bool find_member(std::string_view name) {
    skip_blanks();
    step();  // the object's brace
    while (!at_end()) {
      if (here() == '{' || here() == '[') {
        skip_nested();
      } else if (here() != '"') {
        step();
      } else if (take_string() == name && is_name()) {
        return true;
      }
    }
    return false;
  }

 private:
  // Whether the string before was a member's name; goes to its value.
  bool is_name() {
    skip_blanks();
    if (here() != ':') return false;
    step();
    skip_blanks();
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// Line and column of offsets that only grow.
class Counter {
 public:
  explicit Counter(std::string_view text) : text_(text) {}
  TextPosition at(std::size_t offset) {
    for (; at_ < std::min(offset, text_.size()); ++at_) {
      if (text_[at_] == '\n') {
        ++position_.line;
        position_.column = 1;
      } else {
        ++position_.column;
      }
    }
    return position_;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  TextPosition position_{1, 1};
};

}  // namespace

std::vector<StatementPlace> statement_places(std::string_view document) {
  std::vector<StatementPlace> places;
  Walk walk(document);
  Counter counter(document);
  if (!walk.find_member("Statement")) return places;
  const bool listed = walk.here() == '[';
  if (!listed && walk.here() != '{') return places;
  auto begin = walk.offset() + 1;
  if (listed) walk.step();
  while (!walk.at_end() && walk.here() != ']') {
    if (walk.here() != '{') {
      walk.step();
      continue;
    }
    walk.skip_nested();
    const auto from = counter.at(begin);
    begin = walk.offset();
    places.push_back({from, counter.at(begin)});
    if (!listed) break;
  }
  return places;
}

}  // namespace sextant::guard::iam
